import ServiceKit
import Vocabulary

struct ListKeyPoliciesInput: Decodable, Sendable {
    let keyID: String?
    let limit: Int?
    let marker: String?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case limit = "Limit"
        case marker = "Marker"
    }
}

struct ListKeyPoliciesOutput: Encodable, Sendable {
    let policyNames = [KeyPolicy.name]
    let isTruncated = false

    enum CodingKeys: String, CodingKey {
        case policyNames = "PolicyNames"
        case isTruncated = "Truncated"
    }
}

extension KMSService {
    /// Returns the one name that a key policy has.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html
    func listKeyPolicies(
        _ input: ListKeyPoliciesInput,
        in context: OperationContext
    ) async throws -> ListKeyPoliciesOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.listing(limit: input.limit, marker: input.marker)
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        let (key, _) = try await key(input.keyID ?? "", .keyOnly, in: context)
        try await authorize("kms:ListKeyPolicies", on: key, in: context)
        // One name is one page, so that no marker was ever given out.
        guard input.marker == nil else { throw KMSFault.invalidMarker }
        return ListKeyPoliciesOutput()
    }
}
