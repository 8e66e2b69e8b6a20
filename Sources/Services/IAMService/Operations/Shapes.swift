import Encoding
import FoundationEssentials
import ServiceKit
import Vocabulary

/// An attached boundary, as users and roles show it.
struct BoundaryShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case permissionsBoundaryType, permissionsBoundaryArn }

    /// The model's enumeration says `PermissionsBoundaryPolicy`; what the service answers is this.
    let permissionsBoundaryType = "Policy"
    let permissionsBoundaryArn: String
}

struct UserShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName {
        case path, userName, userId, arn, createDate, permissionsBoundary, tags
    }

    let path: String
    let userName: String
    let userId: String
    let arn: String
    let createDate: Date
    let permissionsBoundary: BoundaryShape?
    let tags: [Tag]?

    /// Lists leave out the boundary and the tags, as AWS's do.
    init(_ user: UserRecord, isListed: Bool = false) {
        path = user.path
        userName = user.name
        userId = user.id
        arn = user.arn
        createDate = user.created
        permissionsBoundary =
            isListed ? nil : user.boundary.map { BoundaryShape(permissionsBoundaryArn: $0) }
        tags = isListed || user.tags.isEmpty ? nil : user.tags
    }
}

struct RoleShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName {
        case path, roleName, roleId, arn, createDate, assumeRolePolicyDocument, description
        case maxSessionDuration, permissionsBoundary, tags, roleLastUsed
    }

    struct LastUsed: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case lastUsedDate, region }

        let lastUsedDate: Date?
        let region: String?
    }

    let path: String
    let roleName: String
    let roleId: String
    let arn: String
    let createDate: Date
    let assumeRolePolicyDocument: String
    let description: String?
    let maxSessionDuration: Int?
    let permissionsBoundary: BoundaryShape?
    let tags: [Tag]?
    let roleLastUsed: LastUsed?

    /// How much of a role an answer tells, as AWS's answers do.
    enum Extent {
        /// Everything.
        case whole
        /// All but the longest session and the last use: what CreateRole answers.
        case created
        /// All but the boundary, the tags and the last use.
        case listed
    }

    fileprivate init(_ role: RoleRecord, trustPolicy: String, extent: Extent, lastUse: LastUse?) {
        let isListed = extent == .listed
        path = role.path
        roleName = role.name
        roleId = role.id
        arn = role.arn
        createDate = role.created
        assumeRolePolicyDocument = Percent.encode(trustPolicy)
        description = role.description
        maxSessionDuration = extent == .created ? nil : role.maxSessionDuration
        permissionsBoundary =
            isListed ? nil : role.boundary.map { BoundaryShape(permissionsBoundaryArn: $0) }
        tags = isListed || role.tags.isEmpty ? nil : role.tags
        roleLastUsed =
            extent == .whole ? LastUsed(lastUsedDate: lastUse?.date, region: lastUse?.region) : nil
    }
}

extension IAMService {
    /// A role as it is shown: its trust policy names principals by the ARNs that they have now.
    func shape(
        _ role: RoleRecord,
        extent: RoleShape.Extent = .whole,
        lastUse: LastUse? = nil,
        in context: OperationContext
    ) async throws -> RoleShape {
        RoleShape(
            role,
            trustPolicy: try await namingPrincipals(
                in: role.trustPolicy,
                account: context.scope.account
            ),
            extent: extent,
            lastUse: lastUse
        )
    }
}

struct AccessKeyShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName {
        case userName, accessKeyId, status, secretAccessKey, createDate
    }

    let userName: String
    let accessKeyId: String
    let status: String
    /// Shown once, when the key is made.
    let secretAccessKey: String?
    let createDate: Date

    init(_ key: AccessKeyRecord, userName: String, showingSecret: Bool) {
        self.userName = userName
        accessKeyId = key.id
        status = key.status.rawValue
        secretAccessKey = showingSecret ? key.secret : nil
        createDate = key.created
    }
}

struct PolicyShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName {
        case policyName, policyId, arn, path, defaultVersionId, attachmentCount
        case permissionsBoundaryUsageCount, isAttachable, description, createDate, updateDate, tags
    }

    let policyName: String
    let policyId: String
    let arn: String
    let path: String
    let defaultVersionId: String
    let attachmentCount: Int
    let permissionsBoundaryUsageCount: Int
    let isAttachable = true
    let description: String?
    let createDate: Date
    let updateDate: Date
    let tags: [Tag]?

    /// Lists leave out the description and the tags, as AWS's do.
    init(_ policy: PolicyRecord, use: PolicyUse?, isListed: Bool = false) {
        policyName = policy.name
        policyId = policy.id
        arn = policy.arn
        path = policy.path
        defaultVersionId = "v\(policy.defaultVersion)"
        attachmentCount = use?.attachments ?? 0
        permissionsBoundaryUsageCount = use?.boundaries ?? 0
        description = isListed ? nil : policy.description
        createDate = policy.created
        updateDate = policy.updated
        tags = isListed || policy.tags.isEmpty ? nil : policy.tags
    }
}

struct PolicyVersionShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case document, versionId, isDefaultVersion, createDate }

    let document: String?
    let versionId: String
    let isDefaultVersion: Bool
    let createDate: Date

    init(_ version: PolicyRecord.Version, of policy: PolicyRecord, document: String? = nil) {
        self.document = document.map { Percent.encode($0) }
        versionId = "v\(version.number)"
        isDefaultVersion = version.number == policy.defaultVersion
        createDate = version.created
    }
}

struct InstanceProfileShape: Encodable, Sendable {
    enum CodingKeys: String, MemberName {
        case path, instanceProfileName, instanceProfileId, arn, createDate, roles, tags
    }

    let path: String
    let instanceProfileName: String
    let instanceProfileId: String
    let arn: String
    let createDate: Date
    let roles: [RoleShape]
    let tags: [Tag]?

    init(_ profile: InstanceProfileRecord, role: RoleShape?, isListed: Bool = false) {
        path = profile.path
        instanceProfileName = profile.name
        instanceProfileId = profile.id
        arn = profile.arn
        createDate = profile.created
        roles = role.map { [$0] } ?? []
        tags = isListed || profile.tags.isEmpty ? nil : profile.tags
    }
}
