import ServiceKit
import Vocabulary

struct GetKeyRotationStatusOutput: Encodable, Sendable {
    let keyID: String
    let isKeyRotationEnabled = false

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case isKeyRotationEnabled = "KeyRotationEnabled"
    }
}

extension KMSService {
    /// Tells that a key's material does not change, since no key of ours is rotated.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html
    func getKeyRotationStatus(
        _ input: KeyInput,
        in context: OperationContext
    ) async throws -> GetKeyRotationStatusOutput {
        let keyID = try input.checkedKeyID()
        context.audit.noted("keyId", keyID)
        let (key, _) = try await key(keyID, .keyOnly, in: context)
        try await authorize("kms:GetKeyRotationStatus", on: key, in: context)
        return GetKeyRotationStatusOutput(keyID: key.arn.description)
    }
}
