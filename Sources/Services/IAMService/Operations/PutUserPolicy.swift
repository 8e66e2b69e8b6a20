import ServiceKit

/// Writes an inline policy of a user, or replaces it.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
struct PutUserPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, policyName, policyDocument }

    let userName: String?
    let policyName: String?
    let policyDocument: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let policy = check.policyName(policyName)
        let document = check.document(policyDocument, "policyDocument")
        try check.done()
        context.audit.noted("policyName", policy)
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:PutUserPolicy",
            in: context
        ) { _, user in
            try IAMService.putInline(document, named: policy, into: &user)
        }
        return EmptyOutput()
    }
}
