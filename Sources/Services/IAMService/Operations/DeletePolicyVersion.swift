import ServiceKit
import Vocabulary

/// Deletes a version of a managed policy that is not the default.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html
struct DeletePolicyVersion: IAMOperation {
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
                for: "iam:DeletePolicyVersion",
                draft: &draft,
                in: context
            )
            let version = try PolicyVersionID.find(id, in: policy)
            guard version.number != policy.defaultVersion else {
                throw IAMFault.deleteConflict("Cannot delete the default version of a policy.")
            }
            policy.versions.removeAll { $0.number == version.number }
            policy.updated = iam.clock.now()
            try draft.put(context.keys.policy(policy.name), policy)
            draft.delete(context.keys.policyDocument(policy.name, version.number))
            return EmptyOutput()
        }
    }
}
