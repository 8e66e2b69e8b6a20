import ServiceKit

/// Takes away what bounded the permissions of a user.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html
struct DeleteUserPermissionsBoundary: IAMOperation {
    enum CodingKeys: String, MemberName { case userName }

    let userName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        try check.done()
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:DeleteUserPermissionsBoundary",
            in: context
        ) { draft, user in
            guard let boundary = user.boundary else {
                throw IAMFault.noSuchEntity(
                    "The user with name \(name) has no permissions boundary."
                )
            }
            try await draft.use(boundary, as: .boundary, by: user, begins: false, in: context)
            user.boundary = nil
        }
        return EmptyOutput()
    }
}
