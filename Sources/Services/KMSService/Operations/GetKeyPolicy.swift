import ServiceKit
import Vocabulary

struct GetKeyPolicyInput: Decodable, Sendable {
    let keyID: String?
    let policyName: String?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case policyName = "PolicyName"
    }
}

struct GetKeyPolicyOutput: Encodable, Sendable {
    let policy: String
    let policyName = KeyPolicy.name

    enum CodingKeys: String, CodingKey {
        case policy = "Policy"
        case policyName = "PolicyName"
    }
}

extension ConstraintViolations {
    mutating func policyName(_ value: String?) {
        length(value, "policyName", 1...128)
        pattern(value, "policyName", #"[\w]+"#) { name in
            name.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_"
            }
        }
    }
}

extension KMSService {
    /// Returns the key policy as its author wrote it, with the ARNs that its principals have now.
    ///
    /// One who is gone is shown by the unique id.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    func getKeyPolicy(
        _ input: GetKeyPolicyInput,
        in context: OperationContext
    ) async throws -> GetKeyPolicyOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.policyName(input.policyName)
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        let (key, _) = try await key(input.keyID ?? "", .keyOnly, in: context)
        try await authorize("kms:GetKeyPolicy", on: key, in: context)
        try requireDefault(policyName: input.policyName)
        return GetKeyPolicyOutput(
            policy: try await principals.namingPrincipals(
                in: key.record.policy,
                account: key.scope.account
            )
        )
    }

    /// Refuses other names than the one a key policy has.
    func requireDefault(policyName: String?) throws {
        guard (policyName ?? KeyPolicy.name) != KeyPolicy.name else { return }
        throw KMSFault.notFound("No such policy exists")
    }
}
