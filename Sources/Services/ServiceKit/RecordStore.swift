import FoundationEssentials
package import Sealing
package import Storage
package import Vocabulary

/// A record as a service sees it: its value, and the revision that a later write may insist on.
package struct Stored<Value: Sendable>: Sendable {
    package let key: RecordKey
    package let value: Value
    package let revision: Revision
}

/// Typed records, each sealed for its own key.
///
/// Values are JSON under AES-256-GCM; the associated data is the record's key, so that a record cannot be
/// moved to another name by whoever can write the database. Names are plain, contents never.
package struct RecordStore: Sendable {
    private let records: any OrderedRecords
    private let key: SealingKey
    private let entropy: any Entropy

    package init(records: any OrderedRecords, key: SealingKey, entropy: any Entropy) {
        self.records = records
        self.key = key
        self.entropy = entropy
    }

    /// A change to write `value` under `key`, for a transaction.
    package func put<Value: Encodable>(
        _ key: RecordKey,
        _ value: Value
    ) throws -> RecordTransaction.Change {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let plain = try encoder.encode(value)
        return .put(key, self.key.seal(Array(plain), for: key.bytes, entropy: entropy))
    }

    package func get<Value: Decodable & Sendable>(
        _ key: RecordKey,
        as type: Value.Type = Value.self
    ) async throws -> Stored<Value>? {
        try await records.get(key).map { try open($0) }
    }

    /// Up to `limit` records below `prefix`, in key order, from the first one past `after`.
    package func range<Value: Decodable & Sendable>(
        _ prefix: RecordKey,
        as type: Value.Type = Value.self,
        after: RecordKey? = nil,
        limit: Int,
        backwards: Bool = false
    ) async throws -> [Stored<Value>] {
        try await records.range(prefix, after: after, limit: limit, backwards: backwards)
            .map { try open($0) }
    }

    /// Makes the changes if the conditions hold.
    @discardableResult
    package func commit(
        _ transaction: RecordTransaction
    ) async throws(StorageError) -> Revision {
        try await records.commit(transaction)
    }

    /// Makes the changes if the conditions hold, together with the audit record of the call.
    @discardableResult
    package func commit(
        _ transaction: RecordTransaction,
        auditing context: OperationContext
    ) async throws -> Revision {
        var transaction = transaction
        let record = context.audit.record(of: context)
        transaction.changes.append(try put(AuditTrail.key(of: record, in: context.scope), record))
        let revision = try await records.commit(transaction)
        context.audit.markWritten()
        return revision
    }

    /// Takes off the disk what was deleted or replaced before this began; see `OrderedRecords.scrub`.
    package func scrub() async throws(StorageError) {
        try await records.scrub()
    }

    private func open<Value: Decodable & Sendable>(_ record: Record) throws -> Stored<Value> {
        let plain: [UInt8]
        do {
            plain = try key.open(record.value, for: record.key.bytes)
        } catch {
            throw StorageError.corrupt("record \(record.key.components) does not open: \(error)")
        }
        let value = try JSONDecoder().decode(Value.self, from: Data(plain))
        return Stored(key: record.key, value: value, revision: record.revision)
    }
}

/// The audit records of the installation, in the order of time.
package struct AuditTrail: Sendable {
    private let store: RecordStore

    package init(store: RecordStore) {
        self.store = store
    }

    /// Writes what the operation itself has not written, with the fault it ended in.
    package func finish(_ context: OperationContext, fault: ServiceFault?) async throws {
        guard !context.audit.isWritten else { return }
        let record = context.audit.record(of: context, fault: fault)
        let key = Self.key(of: record, in: context.scope)
        try await store.commit(RecordTransaction(changes: [store.put(key, record)]))
        context.audit.markWritten()
    }

    /// The newest records first.
    package func newest(_ limit: Int, in scope: Scope) async throws -> [AuditRecord] {
        try await store.range(
            RecordKey(scope, "audit"),
            as: AuditRecord.self,
            limit: limit,
            backwards: true
        ).map(\.value)
    }

    static func key(of record: AuditRecord, in scope: Scope) -> RecordKey {
        let milliseconds = UInt64(max(0, record.eventTime.timeIntervalSince1970 * 1000))
        return RecordKey(scope, "audit", String(sortable: milliseconds), record.eventID)
    }
}
