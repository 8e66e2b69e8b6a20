import ServiceKit
import Storage

extension IAMService {
    /// The profile of that name, if the caller may do this to it; asked before it is told whether it exists.
    func readInstanceProfile(
        _ name: String,
        for action: String,
        in context: OperationContext
    ) async throws -> InstanceProfileRecord {
        let key = context.keys.instanceProfile(name)
        let profile = try await store.get(key, as: InstanceProfileRecord.self)?.value
        let arn = profile?.arn ?? context.iamARN("instance-profile/\(name)")
        context.touched(arn)
        try await require(
            action,
            on: arn,
            conditions: Self.conditions(ofTags: profile?.tags ?? []),
            in: context
        )
        guard let profile else { throw IAMFault.noSuchInstanceProfile(name) }
        return profile
    }

    /// The same within a change.
    func requireInstanceProfile(
        _ name: String,
        for action: String,
        conditions: [String: [String]] = [:],
        draft: inout Draft,
        in context: OperationContext
    ) async throws -> InstanceProfileRecord {
        let key = context.keys.instanceProfile(name)
        let profile = try await draft.read(key, as: InstanceProfileRecord.self)
        let arn = profile?.arn ?? context.iamARN("instance-profile/\(name)")
        context.touched(arn)
        let tags = Self.conditions(ofTags: profile?.tags ?? [])
        try await require(
            action,
            on: arn,
            conditions: tags.merging(conditions) { $1 },
            in: context
        )
        guard let profile else { throw IAMFault.noSuchInstanceProfile(name) }
        return profile
    }

    /// The profile with the role that it holds.
    func shape(
        _ profile: InstanceProfileRecord,
        isListed: Bool = false,
        in context: OperationContext
    ) async throws -> InstanceProfileShape {
        var role: RoleShape?
        if let name = profile.role,
            let record = try await store.get(
                context.keys.holder(.role, name),
                as: RoleRecord.self
            )?.value
        {
            role = try await shape(record, extent: .listed, in: context)
        }
        return InstanceProfileShape(profile, role: role, isListed: isListed)
    }

    func shapes(
        _ page: Page<InstanceProfileRecord>,
        in context: OperationContext
    ) async throws -> InstanceProfilePage {
        var profiles: [InstanceProfileShape] = []
        for profile in page.items {
            profiles.append(try await shape(profile, isListed: true, in: context))
        }
        return InstanceProfilePage(
            instanceProfiles: profiles,
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }
}

/// A page of instance profiles.
struct InstanceProfilePage: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case instanceProfiles, isTruncated, marker }

    let instanceProfiles: [InstanceProfileShape]
    let isTruncated: Bool
    let marker: String?
}
