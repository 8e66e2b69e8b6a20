import FoundationEssentials
import ServiceKit
import Vocabulary

struct GenerateDataKeyWithoutPlaintextOutput: Encodable, Sendable {
    let ciphertext: Data
    let keyID: String
    let keyMaterialID: String

    enum CodingKeys: String, CodingKey {
        case ciphertext = "CiphertextBlob"
        case keyID = "KeyId"
        case keyMaterialID = "KeyMaterialId"
    }
}

extension KMSService {
    /// Makes a data key for later, which the caller does not see.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html
    func generateDataKeyWithoutPlaintext(
        _ input: GenerateDataKeyInput,
        in context: OperationContext
    ) async throws -> GenerateDataKeyWithoutPlaintextOutput {
        let made = try await makeDataKey(
            input,
            authorizing: "kms:GenerateDataKeyWithoutPlaintext",
            in: context
        )
        return GenerateDataKeyWithoutPlaintextOutput(
            ciphertext: Data(made.ciphertext),
            keyID: made.key.arn.description,
            keyMaterialID: made.key.record.materialID.description
        )
    }
}
