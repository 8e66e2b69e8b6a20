package import Sealing
package import Vocabulary

/// A data key as KMS gave it: to use now, and to keep.
package struct DataKey: Sendable {
    package let plaintext: Secret
    package let ciphertext: [UInt8]
    package let keyARN: ARN

    package init(plaintext: Secret, ciphertext: [UInt8], keyARN: ARN) {
        self.plaintext = plaintext
        self.ciphertext = ciphertext
        self.keyARN = keyARN
    }
}

/// What other services ask of KMS.
///
/// Implemented by KMSService; policy, state and audit apply as to any caller. The context says who
/// asks, most often `.service("logs.REGION.amazonaws.com")`. Faults are KMS's own:
/// `NotFoundException`, `DisabledException`, `AccessDeniedException`, `InvalidCiphertextException`.
package protocol KeyPort: Sendable {
    /// A new 256-bit data key. `key` is an id, ARN, alias name or alias ARN.
    func generateDataKey(
        key: String,
        encryptionContext: [String: String],
        in context: OperationContext
    ) async throws -> DataKey

    /// The plain text of a data key's ciphertext.
    func decrypt(
        _ ciphertext: [UInt8],
        encryptionContext: [String: String],
        in context: OperationContext
    ) async throws -> Secret

    /// The ARN of a symmetric, enabled key; faults as KMS would say why not.
    func resolveUsableKey(_ key: String, in context: OperationContext) async throws -> ARN
}
