import ServiceKit

/// Shows a version of a managed policy with its document, percent-encoded as AWS sends it.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
struct GetPolicyVersion: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, versionId }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case policyVersion }

        let policyVersion: PolicyVersionShape
    }

    let policyArn: String?
    let versionId: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        let id = check.versionID(versionId)
        try check.done()
        let policy = try await iam.readPolicy(arn, for: "iam:GetPolicyVersion", in: context)
        let version = try PolicyVersionID.find(id, in: policy.record)
        let document = try await iam.document(of: policy, version: version.number, in: context)
        guard let document else { throw IAMFault.noSuchPolicyVersion(arn, id) }
        return Output(
            policyVersion: PolicyVersionShape(version, of: policy.record, document: document)
        )
    }
}
