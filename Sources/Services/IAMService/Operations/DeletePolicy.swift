import ServiceKit

/// Deletes a managed policy that nobody uses and that has one version left.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
struct DeletePolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn }

    let policyArn: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        try check.done()
        return try await iam.change(in: context) { draft in
            let policy = try await iam.requirePolicy(
                arn,
                for: "iam:DeletePolicy",
                draft: &draft,
                in: context
            )
            let use = try await draft.read(context.keys.policyUse(arn), as: PolicyUse.self)
            guard use?.isUnused ?? true else {
                throw IAMFault.deleteConflict("Cannot delete a policy attached to entities.")
            }
            guard policy.versions.count == 1 else {
                throw IAMFault.deleteConflict(
                    "This policy has more than one version. Before you delete a policy, you must "
                        + "delete the policy's versions. The default version is deleted with the "
                        + "policy."
                )
            }
            draft.delete(context.keys.policy(policy.name))
            draft.delete(context.keys.policyDocument(policy.name, policy.defaultVersion))
            try await draft.countOneLess(\.policies, in: context)
            return EmptyOutput()
        }
    }
}
