import ServiceKit
import Vocabulary

struct PutKeyPolicyInput: Decodable, Sendable {
    let keyID: String?
    let policyName: String?
    let policy: String?
    let bypassPolicyLockoutSafetyCheck: Bool?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case policyName = "PolicyName"
        case policy = "Policy"
        case bypassPolicyLockoutSafetyCheck = "BypassPolicyLockoutSafetyCheck"
    }
}

extension KMSService {
    /// Replaces the key policy, which counts from the next request on.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
    func putKeyPolicy(
        _ input: PutKeyPolicyInput,
        in context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.policyName(input.policyName)
        violations.required(input.policy, "policy")
        violations.policy(input.policy)
        try violations.check()
        try requireDefault(policyName: input.policyName)
        let bypass = input.bypassPolicyLockoutSafetyCheck ?? false
        let policy = input.policy ?? ""
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("policy", policy)
        context.audit.noted("bypassPolicyLockoutSafetyCheck", "\(bypass)")
        let values = ["kms:BypassPolicyLockoutSafetyCheck": ["\(bypass)"]]
        try await changeKey(
            input.keyID ?? "",
            authorizing: "kms:PutKeyPolicy",
            values,
            evenIfPendingDeletion: true,
            in: context
        ) { record in
            let kept = try await kept(policy, in: context)
            if !bypass {
                var all = callerConditionValues(in: context)
                all.merge(KeySpec.conditionValues) { $1 }
                all.merge(values) { $1 }
                let arn = context.scope.arn(of: record.keyID)
                try await checkLockout(kept, of: arn, all, in: context)
            }
            record.policy = kept
        }
        return EmptyOutput()
    }
}
