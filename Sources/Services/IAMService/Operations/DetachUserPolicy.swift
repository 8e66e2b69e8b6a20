import ServiceKit

/// Takes a managed policy from a user.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html
struct DetachUserPolicy: IAMOperation {
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
            for: "iam:DetachUserPolicy",
            conditions: ["iam:PolicyARN": [arn]],
            in: context
        ) { draft, user in
            guard user.attached.contains(arn) else { throw IAMFault.noSuchPolicy(arn) }
            user.attached.removeAll { $0 == arn }
            try await draft.use(arn, as: .permissions, by: user, begins: false, in: context)
        }
        return EmptyOutput()
    }
}
