import ServiceKit
import Storage
import Vocabulary

/// A change in the making: what it read, and what it will write.
///
/// Everything read through a draft must be the same when it is committed, absence included; so a change that
/// was decided on stale facts never happens, and is decided again instead. A draft does not see its own writes.
struct Draft {
    private let store: RecordStore
    private(set) var transaction = RecordTransaction()

    init(store: RecordStore) {
        self.store = store
    }

    /// The value under a key; its absence or revision becomes a condition of the change.
    mutating func read<Value: Codable & Sendable>(
        _ key: RecordKey,
        as type: Value.Type = Value.self
    ) async throws -> Value? {
        let stored: Stored<Value>? = try await store.get(key)
        transaction.conditions.append(
            stored.map { .unchanged(key, $0.revision) } ?? .absent(key)
        )
        return stored?.value
    }

    mutating func put(_ key: RecordKey, _ value: some Codable & Sendable) throws {
        transaction.changes.append(try store.put(key, value))
    }

    mutating func delete(_ key: RecordKey) {
        transaction.changes.append(.delete(key))
    }
}

extension IAMService {
    /// Runs `body`, and commits what it drafted together with the audit record of the call.
    ///
    /// When somebody else changed what it had read, it runs again, a bounded number of times. Everything that
    /// authorization remembers is forgotten before this returns.
    func change<Output: Sendable>(
        in context: OperationContext,
        _ body: (inout Draft) async throws -> Output
    ) async throws -> Output {
        for _ in 0..<Limits.iamConflictRetries {
            var draft = Draft(store: store)
            let output = try await body(&draft)
            do {
                try await store.commit(draft.transaction, auditing: context)
                cache.forget()
                return output
            } catch StorageError.conflict {
                continue
            }
        }
        throw IAMFault.concurrentModification
    }
}
