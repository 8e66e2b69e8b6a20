import ServiceKit
import Vocabulary

/// Adds a version to a managed policy, of which there can be five.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html
struct CreatePolicyVersion: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, policyDocument, setAsDefault }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case policyVersion }

        let policyVersion: PolicyVersionShape
    }

    let policyArn: String?
    let policyDocument: String?
    let setAsDefault: Bool?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        let document = check.document(policyDocument, "policyDocument")
        try check.done()
        return try await iam.change(in: context) { draft in
            var policy = try await iam.requirePolicy(
                arn,
                for: "iam:CreatePolicyVersion",
                draft: &draft,
                in: context
            )
            try IAMService.requireManagedDocument(document)
            guard policy.versions.count < Limits.policyVersions else {
                throw IAMFault.limitExceeded(
                    "A managed policy can have up to \(Limits.policyVersions) versions. Before you "
                        + "create a new version, you must delete an existing version."
                )
            }
            let version = PolicyRecord.Version(
                number: policy.nextVersion,
                created: iam.clock.now()
            )
            policy.versions.append(version)
            policy.nextVersion += 1
            policy.updated = version.created
            if setAsDefault == true { policy.defaultVersion = version.number }
            try draft.put(context.keys.policy(policy.name), policy)
            try draft.put(context.keys.policyDocument(policy.name, version.number), document)
            return Output(policyVersion: PolicyVersionShape(version, of: policy))
        }
    }
}
