import ServiceKit
import Vocabulary

struct CancelKeyDeletionOutput: Encodable, Sendable {
    let keyARN: String

    enum CodingKeys: String, CodingKey {
        case keyARN = "KeyId"
    }
}

extension KMSService {
    /// Keeps a key that was to be destroyed; it is disabled then, until somebody enables it.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html
    func cancelKeyDeletion(
        _ input: KeyInput,
        in context: OperationContext
    ) async throws -> CancelKeyDeletionOutput {
        let keyID = try input.checkedKeyID()
        context.audit.noted("keyId", keyID)
        let arn = try await changeKey(
            keyID,
            authorizing: "kms:CancelKeyDeletion",
            evenIfPendingDeletion: true,
            in: context
        ) { record in
            guard record.state == .pendingDeletion else {
                throw KMSFault.notPendingDeletion(context.scope.arn(of: record.keyID))
            }
            record.deletionDate = nil
        }
        return CancelKeyDeletionOutput(keyARN: arn.description)
    }
}
