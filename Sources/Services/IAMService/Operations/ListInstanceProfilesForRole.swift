import ServiceKit
import Storage

/// Lists the instance profiles that hold a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html
struct ListInstanceProfilesForRole: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, marker, maxItems }

    let roleName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> InstanceProfilePage {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        check.page(marker, maxItems)
        try check.done()
        let role = try await iam.readHolder(
            name,
            RoleRecord.self,
            for: "iam:ListInstanceProfilesForRole",
            in: context
        )
        var profiles: [InstanceProfileRecord] = []
        for name in role.instanceProfiles {
            let key = context.keys.instanceProfile(name)
            let stored = try await iam.store.get(key, as: InstanceProfileRecord.self)
            if let stored { profiles.append(stored.value) }
        }
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name])
        let page = try iam.page(of: profiles, request, in: context) { $0.name.lowercased() }
        return try await iam.shapes(page, in: context)
    }
}
