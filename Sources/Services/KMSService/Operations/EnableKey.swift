import ServiceKit
import Vocabulary

extension KMSService {
    /// Lets a key be used again.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html
    func enableKey(_ input: KeyInput, in context: OperationContext) async throws -> EmptyOutput {
        let keyID = try input.checkedKeyID()
        context.audit.noted("keyId", keyID)
        try await changeKey(keyID, authorizing: "kms:EnableKey", in: context) {
            $0.isEnabled = true
        }
        return EmptyOutput()
    }
}
