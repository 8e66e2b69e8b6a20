import ServiceKit

/// Deletes an inline policy of a user.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html
struct DeleteUserPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, policyName }

    let userName: String?
    let policyName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let policy = check.policyName(policyName)
        try check.done()
        context.audit.noted("policyName", policy)
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:DeleteUserPolicy",
            in: context
        ) { _, user in
            guard let (stored, _) = user.inlinePolicy(policy) else {
                throw IAMFault.noSuchInlinePolicy(.user, policy)
            }
            user.inline[stored] = nil
        }
        return EmptyOutput()
    }
}
