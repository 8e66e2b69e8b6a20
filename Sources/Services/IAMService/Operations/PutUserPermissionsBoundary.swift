import ServiceKit

/// Sets the policy beyond which a user may do nothing.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html
struct PutUserPermissionsBoundary: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, permissionsBoundary }

    let userName: String?
    let permissionsBoundary: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let boundary = check.arn(permissionsBoundary, "permissionsBoundary")
        try check.done()
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:PutUserPermissionsBoundary",
            conditions: ["iam:PermissionsBoundary": [boundary]],
            in: context
        ) { draft, user in
            try await iam.requireAttachable(boundary, draft: &draft, in: context)
            guard user.boundary != boundary else { return }
            if let old = user.boundary {
                try await draft.use(old, as: .boundary, by: user, begins: false, in: context)
            }
            try await draft.use(boundary, as: .boundary, by: user, begins: true, in: context)
            user.boundary = boundary
        }
        return EmptyOutput()
    }
}
