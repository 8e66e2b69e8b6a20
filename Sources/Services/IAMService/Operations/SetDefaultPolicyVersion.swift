import ServiceKit
import Vocabulary

/// Makes a version the one that counts, wherever the policy is attached.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html
struct SetDefaultPolicyVersion: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, versionId }

    let policyArn: String?
    let versionId: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        let id = check.versionID(versionId)
        try check.done()
        return try await iam.change(in: context) { draft in
            var policy = try await iam.requirePolicy(
                arn,
                for: "iam:SetDefaultPolicyVersion",
                draft: &draft,
                in: context
            )
            policy.defaultVersion = try PolicyVersionID.find(id, in: policy).number
            policy.updated = iam.clock.now()
            try draft.put(context.keys.policy(policy.name), policy)
            return EmptyOutput()
        }
    }
}
