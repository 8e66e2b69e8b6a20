import ServiceKit
import Vocabulary

/// Makes a user, who may do nothing yet.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
struct CreateUser: IAMOperation {
    enum CodingKeys: String, MemberName { case path, userName, permissionsBoundary, tags }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case user }

        let user: UserShape
    }

    let path: String?
    let userName: String?
    let permissionsBoundary: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let path = check.path(path)
        let name = check.name(userName, "userName", most: 64)
        if let permissionsBoundary { _ = check.arn(permissionsBoundary, "permissionsBoundary") }
        check.tags(tags)
        try check.done()
        let arn = context.iamARN("user\(path)\(name)")
        context.touched(arn)
        var conditions = TagRules.conditions(tags)
        if let permissionsBoundary { conditions["iam:PermissionsBoundary"] = [permissionsBoundary] }
        try await iam.require("iam:CreateUser", on: arn, conditions: conditions, in: context)
        try TagRules.check(tags ?? [])
        return try await iam.change(in: context) { draft in
            let key = context.keys.holder(.user, name)
            guard try await draft.read(key, as: UserRecord.self) == nil else {
                throw IAMFault.alreadyExists("User with name \(name) already exists.")
            }
            let user = UserRecord(
                name: name,
                path: path,
                arn: arn,
                id: iam.uniqueID(HolderKind.user.idPrefix),
                created: iam.clock.now(),
                tags: tags ?? [],
                boundary: permissionsBoundary
            )
            try await draft.countOneMore(
                \.users,
                quota: ("UsersPerAccount", Limits.iamUsers),
                in: context
            )
            if let permissionsBoundary {
                try await iam.requireAttachable(permissionsBoundary, draft: &draft, in: context)
                try await draft.use(
                    permissionsBoundary,
                    as: .boundary,
                    by: user,
                    begins: true,
                    in: context
                )
            }
            try draft.put(user, in: context)
            try draft.file(user, in: context.keys)
            return Output(user: UserShape(user))
        }
    }
}
