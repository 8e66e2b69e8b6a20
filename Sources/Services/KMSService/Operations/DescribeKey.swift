import ServiceKit
import Vocabulary

struct DescribeKeyInput: Decodable, Sendable {
    let keyID: String?
    let grantTokens: [String]?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case grantTokens = "GrantTokens"
    }
}

extension KMSService {
    /// Tells what a key is and whether it is enabled.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
    func describeKey(
        _ input: DescribeKeyInput,
        in context: OperationContext
    ) async throws -> KeyMetadataOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.grantTokens(input.grantTokens)
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        try refuseGrantTokens(input.grantTokens)
        let (key, reference) = try await key(input.keyID ?? "", .keyOrAlias, in: context)
        try await authorize("kms:DescribeKey", on: key, requestedAs: reference, in: context)
        return KeyMetadataOutput(metadata: KeyMetadata(key.record, in: key.scope))
    }
}
