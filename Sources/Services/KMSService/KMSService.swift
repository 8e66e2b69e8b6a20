// KMSService: keys that never leave, and what may be done with them. AWS KMS's operations on symmetric keys.

import FoundationEssentials
package import Logging
package import Sealing
package import ServiceKit
import Storage
package import Vocabulary

/// AWS KMS for symmetric encryption keys.
///
/// The operations are those of https://docs.aws.amazon.com/kms/latest/APIReference/ that need no other kind of
/// key, each as documented there; where we differ is numbered in docs/protocols/kms.md. The same object is
/// the port by which the other services use keys.
package struct KMSService: AWSService {
    package let signingName = "kms"
    package let wireProtocol = WireProtocol.json11(targetPrefix: "TrentService")

    let keys: KeyStore
    let audit: AuditTrail
    let materialKey: SealingKey
    let authorizer: any Authorizer
    let principals: any PolicyPrincipalPort
    let pageTokens: PageTokens
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger

    /// Makes the service over a store; `materialKey` wraps the material of its keys and does nothing else.
    package init(
        store: RecordStore,
        materialKey: SealingKey,
        authorizer: any Authorizer,
        principals: any PolicyPrincipalPort,
        pageTokens: PageTokens,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        keys = KeyStore(store: store, materialKey: materialKey, logger: logger)
        audit = AuditTrail(store: store)
        self.materialKey = materialKey
        self.authorizer = authorizer
        self.principals = principals
        self.pageTokens = pageTokens
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    package var operations: [Operation] {
        [
            operation("CreateKey", createKey),
            operation("DescribeKey", describeKey).brief(),
            operation("ListKeys", listKeys),
            operation("EnableKey", enableKey),
            operation("DisableKey", disableKey),
            operation("ScheduleKeyDeletion", scheduleKeyDeletion),
            operation("CancelKeyDeletion", cancelKeyDeletion),
            operation("UpdateKeyDescription", updateKeyDescription),
            operation("GetKeyRotationStatus", getKeyRotationStatus),
            operation("GetKeyPolicy", getKeyPolicy),
            operation("PutKeyPolicy", putKeyPolicy),
            operation("ListKeyPolicies", listKeyPolicies),
            operation("ListGrants", listGrants),
            operation("ListRetirableGrants", listRetirableGrants),
            operation("TagResource", tagResource),
            operation("UntagResource", untagResource),
            operation("ListResourceTags", listResourceTags),
            operation("CreateAlias", createAlias),
            operation("UpdateAlias", updateAlias),
            operation("DeleteAlias", deleteAlias),
            operation("ListAliases", listAliases),
            operation("Encrypt", encrypt).brief(),
            operation("Decrypt", decrypt).brief(),
            operation("ReEncrypt", reEncrypt).brief(),
            operation("GenerateDataKey", generateDataKey).brief(),
            operation("GenerateDataKeyWithoutPlaintext", generateDataKeyWithoutPlaintext).brief(),
        ]
    }

    private func operation<Input: Decodable & SendableMetatype, Output: Encodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Input, OperationContext) async throws -> Output
    ) -> Operation {
        Operation(name) { (input: Input, context: OperationContext) in
            try await reportingFailures(of: name) { try await body(input, context) }
        }
    }

    /// Lets faults through and turns everything else into KMS's own internal fault.
    ///
    /// What went wrong is told to the operator, not to the caller.
    func reportingFailures<Output>(
        of operation: String,
        _ body: () async throws -> Output
    ) async throws -> Output {
        do {
            return try await body()
        } catch let fault as ServiceFault {
            throw fault
        } catch {
            logger.error("\(operation) failed: \(error)")
            throw KMSFault.internalFailure
        }
    }
}

extension KMSService {
    /// The key that a request names, recorded as touched.
    func key(
        _ text: String,
        _ forms: KeyReference.Forms,
        in context: OperationContext
    ) async throws -> (LoadedKey, KeyReference) {
        let reference = try KeyReference(text, forms, in: context.scope)
        let key = try await keys.key(reference, in: context.scope)
        context.audit.touched(key.arn)
        return (key, reference)
    }

    /// Changes a key's record: authorized, committed with the audit record, tried again on a conflict.
    ///
    /// The authorization is asked anew each time, for the policy may be what has changed. A key that waits for its
    /// destruction is refused, as AWS does for most changes.
    @discardableResult
    func changeKey(
        _ text: String,
        authorizing action: String,
        _ conditionValues: [String: [String]] = [:],
        evenIfPendingDeletion: Bool = false,
        in context: OperationContext,
        _ change: (inout KeyRecord) async throws -> Void
    ) async throws -> ARN {
        let reference = try KeyReference(text, .keyOnly, in: context.scope)
        guard case .key(let id) = reference else {
            throw KMSFault.notFound("Invalid keyId '\(text)'")
        }
        try await keys.retryingConflicts {
            guard let stored = try await keys.stored(id, in: context.scope) else {
                throw KMSFault.keyNotFound(context.scope.arn(of: id))
            }
            let key = LoadedKey(scope: context.scope, record: stored.value, material: nil)
            context.audit.touched(key.arn)
            try await authorize(action, on: key, conditionValues, in: context)
            if !evenIfPendingDeletion {
                try stored.value.requireNotPendingDeletion(in: context.scope)
            }
            var record = stored.value
            try await change(&record)
            let transaction = try RecordTransaction(
                conditions: [.unchanged(stored.key, stored.revision)],
                changes: keys.changes(from: stored.value, to: record, in: context.scope)
            )
            try await keys.commit(transaction, auditing: context)
        }
        return context.scope.arn(of: id)
    }

    /// The material of a key that is enabled, or AWS's fault.
    func material(of key: LoadedKey) throws -> KeyMaterial {
        if let material = key.material { return material }
        try key.record.requireNotPendingDeletion(in: key.scope)
        throw KMSFault.disabled(key.arn)
    }
}
