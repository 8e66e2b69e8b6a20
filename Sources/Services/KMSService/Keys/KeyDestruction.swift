import FoundationEssentials
import Logging
import ServiceKit
import Storage
import Vocabulary

/// The end of keys: destroys those whose waiting period is over.
///
/// A key goes in one transaction, with its aliases, its place among the deletions and an audit record, so that it
/// can be stopped anywhere and done again, and done on several servers at once. What was encrypted under the
/// key can be read by nobody then: the record was the only place that its material was kept in. That the bytes
/// leave the disk too is asked of the storage afterwards, and again at the next step if it fails.
package struct KeyDestruction: Sendable {
    private let service: KMSService

    init(_ service: KMSService) {
        self.service = service
    }

    /// Works once a minute until its task is cancelled.
    package func run() async throws {
        // A server that stopped between a destruction and the cleaning after it left this to the next.
        var isCleaningDue = true
        while !Task.isCancelled {
            isCleaningDue = await step(isCleaningDue: isCleaningDue)
            // Cancelled when the server stops.
            try? await Task.sleep(for: .seconds(Limits.kmsDeletionPeriod))
        }
    }

    /// Destroys what is due by the clock.
    ///
    /// A key that fails is reported and tried again at the next step; it holds up no other.
    package func step() async {
        _ = await step(isCleaningDue: false)
    }

    /// The same, and the cleaning that an earlier step owes; tells whether it is still owed.
    private func step(isCleaningDue: Bool) async -> Bool {
        var isCleaningDue = isCleaningDue
        do {
            var after: RecordKey?
            while true {
                let due = try await service.keys.deletions(
                    dueAt: service.clock.now(),
                    after: after,
                    limit: Limits.kmsDeletionBatch
                )
                for deletion in due {
                    if await destroy(deletion) { isCleaningDue = true }
                }
                guard due.count == Limits.kmsDeletionBatch else { break }
                after = due.last?.key
            }
            if isCleaningDue { try await service.keys.scrub() }
            return false
        } catch {
            report(error)
            return isCleaningDue
        }
    }

    private func destroy(_ deletion: Stored<KeyDeletion>) async -> Bool {
        do {
            guard let scope = try KeyDeletion.scope(of: deletion.key) else {
                throw StorageError.corrupt(
                    "a key's deletion is filed under \(deletion.key.components)"
                )
            }
            return try await service.destroyKey(deletion, in: scope)
        } catch {
            report(error)
            return false
        }
    }

    private func report(_ error: any Error) {
        service.logger.error(
            "destroying keys that are due; it will be tried again",
            metadata: ["error": "\(error)"]
        )
    }
}

extension KMSService {
    package var destruction: KeyDestruction { KeyDestruction(self) }

    /// Destroys one key; false if its deletion has been cancelled or is done meanwhile.
    fileprivate func destroyKey(
        _ deletion: Stored<KeyDeletion>,
        in scope: Scope
    ) async throws -> Bool {
        let context = OperationContext(
            requestID: entropy.uuid(),
            scope: scope,
            principal: .service("kms.amazonaws.com"),
            operation: "kms:DeleteKey",
            receivedAt: clock.now()
        )
        return try await keys.retryingConflicts {
            guard let key = try await keys.stored(deletion.value.keyID, in: scope),
                key.value.deletion == deletion.value
            else { return false }
            context.audit.touched(scope.arn(of: key.value.keyID))
            let aliases = key.value.aliases.map { KMSRecordKey.alias($0, in: scope) }
            let transaction = RecordTransaction(
                conditions: [.unchanged(key.key, key.revision)],
                changes: ([key.key, deletion.key] + aliases).map { .delete($0) }
            )
            try await keys.commit(transaction, auditing: context)
            logger.notice(
                "A key was destroyed at the end of its waiting period.",
                metadata: ["key": "\(scope.arn(of: key.value.keyID))"]
            )
            return true
        }
    }
}
