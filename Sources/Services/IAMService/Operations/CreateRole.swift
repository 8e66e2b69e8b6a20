import ServiceKit
import Vocabulary

/// Makes a role that those named in its trust policy may assume.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
struct CreateRole: IAMOperation {
    enum CodingKeys: String, MemberName {
        case path, roleName, assumeRolePolicyDocument, description, maxSessionDuration
        case permissionsBoundary, tags
    }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case role }

        let role: RoleShape
    }

    let path: String?
    let roleName: String?
    let assumeRolePolicyDocument: String?
    let description: String?
    let maxSessionDuration: Int?
    let permissionsBoundary: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let path = check.path(path)
        let name = check.roleName(roleName)
        let trust = check.document(assumeRolePolicyDocument, "assumeRolePolicyDocument")
        check.roleDescription(description)
        check.range(maxSessionDuration, "maxSessionDuration", 3600...43_200)
        if let permissionsBoundary { _ = check.arn(permissionsBoundary, "permissionsBoundary") }
        check.tags(tags)
        try check.done()
        let arn = context.iamARN("role\(path)\(name)")
        context.touched(arn)
        var conditions = TagRules.conditions(tags)
        if let permissionsBoundary { conditions["iam:PermissionsBoundary"] = [permissionsBoundary] }
        try await iam.require("iam:CreateRole", on: arn, conditions: conditions, in: context)
        try TagRules.check(tags ?? [])
        return try await iam.change(in: context) { draft in
            let key = context.keys.holder(.role, name)
            guard try await draft.read(key, as: RoleRecord.self) == nil else {
                throw IAMFault.alreadyExists("Role with name \(name) already exists.")
            }
            let trustPolicy = try await iam.requireTrustPolicy(trust, in: context)
            let role = RoleRecord(
                name: name,
                path: path,
                arn: arn,
                id: iam.uniqueID(HolderKind.role.idPrefix),
                created: iam.clock.now(),
                tags: tags ?? [],
                boundary: permissionsBoundary,
                description: description,
                maxSessionDuration: maxSessionDuration ?? Limits.sessionSeconds,
                trustPolicy: trustPolicy
            )
            try await draft.countOneMore(
                \.roles,
                quota: ("RolesPerAccount", Limits.iamRoles),
                in: context
            )
            if let permissionsBoundary {
                try await iam.requireAttachable(permissionsBoundary, draft: &draft, in: context)
                try await draft.use(
                    permissionsBoundary,
                    as: .boundary,
                    by: role,
                    begins: true,
                    in: context
                )
            }
            try draft.put(role, in: context)
            try draft.file(role, in: context.keys)
            return Output(role: try await iam.shape(role, extent: .created, in: context))
        }
    }
}
