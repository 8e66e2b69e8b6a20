import ServiceKit
import Storage
import Synchronization

/// Values of records that are read often, up to a number of them.
///
/// This process is the only one that writes the records, so that forgetting a value after each of its
/// changes keeps the cache exact. A read that began before a change must not put its older value back: each
/// change moves a counter, and what was read under another count is not kept.
final class RecordCache<Value: Sendable>: Sendable {
    private struct State {
        var values: [RecordKey: Value] = [:]
        var changes: UInt64 = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The value of a record, from memory or by reading it; nil if there is no record.
    func value(
        of key: RecordKey,
        reading read: () async throws -> Value?
    ) async throws -> Value? {
        let (known, changes) = state.withLock { ($0.values[key], $0.changes) }
        if let known { return known }
        guard let value = try await read() else { return nil }
        state.withLock { state in
            guard state.changes == changes else { return }
            if state.values.count >= capacity, let some = state.values.keys.first {
                state.values[some] = nil
            }
            state.values[key] = value
        }
        return value
    }

    /// Drops what was known of a record, after it was changed or may have been.
    func forget(_ key: RecordKey) {
        state.withLock { state in
            state.changes += 1
            state.values[key] = nil
        }
    }

    var count: Int { state.withLock { $0.values.count } }
}
