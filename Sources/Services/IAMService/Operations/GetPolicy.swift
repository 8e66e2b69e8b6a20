import ServiceKit

/// Shows a managed policy, without its document.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
struct GetPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case policy }

        let policy: PolicyShape
    }

    let policyArn: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        try check.done()
        let policy = try await iam.readPolicy(arn, for: "iam:GetPolicy", in: context)
        let use = try await iam.use(of: arn, in: context)
        return Output(policy: PolicyShape(policy.record, use: use))
    }
}
