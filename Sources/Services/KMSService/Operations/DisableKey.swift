import ServiceKit
import Vocabulary

extension KMSService {
    /// Keeps a key from being used, from the next request on; its material leaves the memory.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html
    func disableKey(_ input: KeyInput, in context: OperationContext) async throws -> EmptyOutput {
        let keyID = try input.checkedKeyID()
        context.audit.noted("keyId", keyID)
        try await changeKey(keyID, authorizing: "kms:DisableKey", in: context) {
            $0.isEnabled = false
        }
        return EmptyOutput()
    }
}
