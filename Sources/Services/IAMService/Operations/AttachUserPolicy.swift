import ServiceKit

/// Attaches a managed policy to a user; again is no error.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
struct AttachUserPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, policyArn }

    let userName: String?
    let policyArn: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let arn = check.arn(policyArn, "policyArn")
        try check.done()
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:AttachUserPolicy",
            conditions: ["iam:PolicyARN": [arn]],
            in: context
        ) { draft, user in
            try await iam.attach(arn, to: &user, draft: &draft, in: context)
        }
        return EmptyOutput()
    }
}
