import FoundationEssentials
package import Sealing
package import ServiceKit
package import Vocabulary

/// What the other services ask of keys, on the same way as calls from outside: policy, state and audit apply.
///
/// Each call has an audit record of its own, written here, since no frontend stands before it.
extension KMSService: KeyPort {
    package func generateDataKey(
        key: String,
        encryptionContext: [String: String],
        in context: OperationContext
    ) async throws -> DataKey {
        try await call("GenerateDataKey", for: context) { context in
            let input = GenerateDataKeyInput(
                keyID: key,
                encryptionContext: encryptionContext,
                numberOfBytes: SealingKey.length
            )
            let made = try await makeDataKey(
                input,
                authorizing: "kms:GenerateDataKey",
                in: context
            )
            return DataKey(
                plaintext: made.plaintext,
                ciphertext: made.ciphertext,
                keyARN: made.key.arn
            )
        }
    }

    package func decrypt(
        _ ciphertext: [UInt8],
        encryptionContext: [String: String],
        in context: OperationContext
    ) async throws -> Secret {
        try await call("Decrypt", for: context) { context in
            let encryptionContext = EncryptionContext(encryptionContext)
            encryptionContext.note(in: context)
            let opening = Opening(
                action: "kms:Decrypt",
                ciphertext: Data(ciphertext),
                namedKey: nil,
                encryptionContext: encryptionContext,
                algorithm: nil
            )
            guard let plaintext = try await open(opening, in: context).1 else {
                throw KMSFault.invalidCiphertext
            }
            return plaintext
        }
    }

    /// The key's ARN, if it is there, enabled and not about to be destroyed.
    ///
    /// No policy is asked: nothing is done with the key yet, and what will be done with it is asked then.
    package func resolveUsableKey(
        _ key: String,
        in context: OperationContext
    ) async throws -> ARN {
        try await reportingFailures(of: "resolving a key") {
            let reference = try KeyReference(key, .keyOrAlias, in: context.scope)
            let found = try await keys.key(reference, in: context.scope)
            _ = try material(of: found)
            return found.arn
        }
    }

    private func call<Output: Sendable>(
        _ operation: String,
        for asker: OperationContext,
        _ body: (OperationContext) async throws -> Output
    ) async throws -> Output {
        let context = OperationContext(
            requestID: entropy.uuid(),
            scope: asker.scope,
            principal: asker.principal,
            accessKeyID: asker.accessKeyID,
            operation: "kms:\(operation)",
            receivedAt: clock.now(),
            sourceAddress: asker.sourceAddress,
            userAgent: asker.userAgent,
            isSecureTransport: asker.isSecureTransport
        )
        do {
            let output = try await reportingFailures(of: operation) { try await body(context) }
            try await reportingFailures(of: "auditing \(operation)") {
                try await audit.finish(context, fault: nil)
            }
            return output
        } catch let fault as ServiceFault {
            try await reportingFailures(of: "auditing \(operation)") {
                try await audit.finish(context, fault: fault)
            }
            throw fault
        }
    }
}
