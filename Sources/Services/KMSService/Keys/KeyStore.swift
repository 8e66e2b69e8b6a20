import FoundationEssentials
import Logging
import Sealing
import ServiceKit
import Storage
import Vocabulary

/// Finds keys and changes them: records on one side, keys ready for use on the other.
struct KeyStore: Sendable {
    private let store: RecordStore
    private let materialKey: SealingKey
    private let logger: Logger
    private let keys = RecordCache<LoadedKey>(capacity: Limits.kmsCachedKeys)
    private let aliases = RecordCache<AliasRecord>(capacity: Limits.kmsCachedKeys)

    init(store: RecordStore, materialKey: SealingKey, logger: Logger) {
        self.store = store
        self.materialKey = materialKey
        self.logger = logger
    }

    /// The key that a request names, or AWS's fault for one that is not there.
    func key(_ reference: KeyReference, in scope: Scope) async throws -> LoadedKey {
        switch reference {
        case .key(let id):
            guard let key = try await key(id, in: scope) else {
                throw KMSFault.keyNotFound(scope.arn(of: id))
            }
            return key
        case .alias(let name):
            guard let target = try await alias(name, in: scope)?.target,
                let key = try await key(target, in: scope)
            else { throw KMSFault.aliasNotFound(scope.arn(ofAlias: name)) }
            return key
        }
    }

    func key(_ id: KeyID, in scope: Scope) async throws -> LoadedKey? {
        let recordKey = KMSRecordKey.key(id, in: scope)
        return try await keys.value(of: recordKey) {
            guard let stored = try await store.get(recordKey, as: KeyRecord.self) else {
                return nil
            }
            return try load(stored.value, in: scope)
        }
    }

    func alias(_ name: String, in scope: Scope) async throws -> AliasRecord? {
        let recordKey = KMSRecordKey.alias(name, in: scope)
        return try await aliases.value(of: recordKey) {
            try await store.get(recordKey, as: AliasRecord.self)?.value
        }
    }

    private func load(_ record: KeyRecord, in scope: Scope) throws -> LoadedKey {
        guard record.isEnabled else {
            return LoadedKey(scope: scope, record: record, material: nil)
        }
        do {
            let material = try KeyMaterial(of: record, with: materialKey)
            return LoadedKey(scope: scope, record: record, material: material)
        } catch {
            throw StorageError.corrupt(
                "the material of key \(record.keyID) does not open: \(error)"
            )
        }
    }

    // MARK: Changing

    /// Reads a key past the cache, for a change that insists on the revision.
    func stored(_ id: KeyID, in scope: Scope) async throws -> Stored<KeyRecord>? {
        try await store.get(KMSRecordKey.key(id, in: scope))
    }

    func stored(alias name: String, in scope: Scope) async throws -> Stored<AliasRecord>? {
        try await store.get(KMSRecordKey.alias(name, in: scope))
    }

    func put(_ record: KeyRecord, in scope: Scope) throws -> RecordTransaction.Change {
        try store.put(KMSRecordKey.key(record.keyID, in: scope), record)
    }

    /// What writes a changed key, and with it when it will be destroyed if that has changed.
    func changes(
        from old: KeyRecord,
        to new: KeyRecord,
        in scope: Scope
    ) throws -> [RecordTransaction.Change] {
        var changes = [try put(new, in: scope)]
        guard old.deletionDate != new.deletionDate else { return changes }
        if let deletion = old.deletion { changes.append(.delete(deletion.recordKey(in: scope))) }
        if let deletion = new.deletion {
            changes.append(try store.put(deletion.recordKey(in: scope), deletion))
        }
        return changes
    }

    func put(_ record: AliasRecord, in scope: Scope) throws -> RecordTransaction.Change {
        try store.put(KMSRecordKey.alias(record.name, in: scope), record)
    }

    /// Commits a change of keys and aliases with the audit record of the call.
    ///
    /// What is known of them is forgotten whatever the outcome: an error may also mean that nobody knows.
    func commit(_ transaction: RecordTransaction, auditing context: OperationContext) async throws {
        defer {
            for change in transaction.changes {
                switch change {
                case .put(let key, _), .delete(let key):
                    keys.forget(key)
                    aliases.forget(key)
                }
            }
        }
        try await store.commit(transaction, auditing: context)
    }

    /// Does something that reads and then commits, again if another change came between.
    func retryingConflicts<Value>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 0..<Limits.kmsConflictRetries {
            do {
                return try await body()
            } catch StorageError.conflict {
                continue
            }
        }
        throw ServiceFault(
            "ConflictException",
            "The key is being changed by others; try again.",
            status: 400
        )
    }

    // MARK: Destroying

    /// Up to `limit` of the deletions that are due, the oldest first.
    func deletions(
        dueAt now: Date,
        after: RecordKey?,
        limit: Int
    ) async throws -> [Stored<KeyDeletion>] {
        try await store.range(
            KeyDeletion.all,
            as: KeyDeletion.self,
            after: after,
            limit: limit
        ).filter { $0.key < KeyDeletion.end(ofDueAt: now) }
    }

    /// Removes what was deleted from the disk too.
    func scrub() async throws {
        try await store.scrub()
    }

    // MARK: Listing

    func list(
        in scope: Scope,
        after id: KeyID?,
        limit: Int
    ) async throws -> [KeyRecord] {
        try await store.range(
            KMSRecordKey.keys(in: scope),
            as: KeyRecord.self,
            after: id.map { KMSRecordKey.key($0, in: scope) },
            limit: limit
        ).map(\.value)
    }

    func listAliases(
        in scope: Scope,
        after name: String?,
        limit: Int
    ) async throws -> [AliasRecord] {
        try await store.range(
            KMSRecordKey.aliases(in: scope),
            as: AliasRecord.self,
            after: name.map { KMSRecordKey.alias($0, in: scope) },
            limit: limit
        ).map(\.value)
    }
}
