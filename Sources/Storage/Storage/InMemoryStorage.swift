import Synchronization
import Vocabulary

extension StorageEngines {
    /// Everything in memory, gone at exit: for `sekisho serve --in-memory` and for tests.
    package static func inMemory() -> StorageEngines {
        StorageEngines(
            records: InMemoryRecords(),
            log: InMemoryAppendLog(),
            blobs: InMemoryBlobs()
        )
    }
}

/// Ordered records in a sorted array of keys beside a dictionary.
///
/// A get is O(1), a range O(log n + results), an insertion of a new key O(n) moves of 8 bytes.
package final class InMemoryRecords: OrderedRecords {
    private struct State {
        var values: [RecordKey: Record] = [:]
        var order: [RecordKey] = []
        var revision: Revision = 0

        /// The index of the first key that is not less than `key`.
        func lowerBound(_ key: RecordKey) -> Int {
            var low = 0
            var high = order.count
            while low < high {
                let middle = (low + high) / 2
                if order[middle] < key { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private let state = Mutex(State())

    package init() {}

    package func get(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        state.withLock { state in keys.map { state.values[$0] } }
    }

    package func range(
        _ prefix: RecordKey,
        after: RecordKey?,
        limit: Int,
        backwards: Bool
    ) async throws(StorageError) -> [Record] {
        state.withLock { state in
            let end = state.lowerBound(prefix.endOfRange)
            let start = state.lowerBound(prefix)
            var found: [Record] = []
            if backwards {
                let from = after.map { min(end, state.lowerBound($0)) } ?? end
                for index in (start..<max(start, from)).reversed() where found.count < limit {
                    if let record = state.values[state.order[index]] { found.append(record) }
                }
            } else {
                var index = after.map { max(start, state.lowerBound($0.next)) } ?? start
                while index < end, found.count < limit {
                    if let record = state.values[state.order[index]] { found.append(record) }
                    index += 1
                }
            }
            return found
        }
    }

    package func commit(
        _ transaction: RecordTransaction
    ) async throws(StorageError) -> Revision {
        let outcome = state.withLock { state -> Result<Revision, StorageError> in
            for condition in transaction.conditions {
                let current = state.values[condition.key]
                let holds =
                    switch condition {
                    case .absent: current == nil
                    case .present: current != nil
                    case .unchanged(_, let revision): current?.revision == revision
                    }
                guard holds else { return .failure(.conflict(condition.key)) }
            }
            guard !transaction.changes.isEmpty else { return .success(state.revision) }
            state.revision += 1
            for change in transaction.changes { apply(change, to: &state) }
            return .success(state.revision)
        }
        return try outcome.get()
    }

    /// Nothing is kept of what was deleted.
    package func scrub() async throws(StorageError) {}

    private func apply(_ change: RecordTransaction.Change, to state: inout State) {
        switch change {
        case .put(let key, let value):
            if state.values[key] == nil { state.order.insert(key, at: state.lowerBound(key)) }
            state.values[key] = Record(key: key, value: value, revision: state.revision)
        case .delete(let key):
            guard state.values.removeValue(forKey: key) != nil else { return }
            state.order.remove(at: state.lowerBound(key))
        }
    }
}

/// An append log in an array.
package final class InMemoryAppendLog: AppendLog {
    private struct State {
        var first: UInt64 = 0
        var entries: [[UInt8]] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func append(_ bytes: [UInt8]) async throws(StorageError) -> LogPosition {
        guard bytes.count <= Limits.logEntryBytes else {
            throw .invalid("an entry has at most \(Limits.logEntryBytes) bytes")
        }
        return state.withLock { state in
            state.entries.append(bytes)
            return LogPosition(offset: state.first + UInt64(state.entries.count) - 1)
        }
    }

    package func read(_ position: LogPosition) async throws(StorageError) -> [UInt8] {
        let entry = state.withLock { state -> [UInt8]? in
            guard position.offset >= state.first,
                position.offset - state.first < UInt64(state.entries.count)
            else { return nil }
            return state.entries[Int(position.offset - state.first)]
        }
        guard let entry else { throw .missing("log entry \(position.offset)") }
        return entry
    }

    package func entries(
        from position: LogPosition,
        limit: Int
    ) async throws(StorageError) -> [LogEntry] {
        state.withLock { state in
            let skipped = position.offset > state.first ? position.offset - state.first : 0
            guard skipped < UInt64(state.entries.count) else { return [] }
            return state.entries[Int(skipped)...].prefix(limit).enumerated().map { index, bytes in
                LogEntry(
                    position: LogPosition(offset: state.first + skipped + UInt64(index)),
                    bytes: bytes
                )
            }
        }
    }

    package func truncate(before position: LogPosition) async throws(StorageError) {
        state.withLock { state in
            guard position.offset > state.first else { return }
            let removed = min(position.offset - state.first, UInt64(state.entries.count))
            state.entries.removeFirst(Int(removed))
            state.first += removed
        }
    }
}

/// Blobs in a dictionary.
package final class InMemoryBlobs: BlobStore {
    private let blobs = Mutex<[String: [UInt8]]>([:])

    package init() {}

    package func put(_ name: String, _ bytes: [UInt8]) async throws(StorageError) {
        try BlobName.check(name)
        let isNew = blobs.withLock { blobs in
            if let existing = blobs[name] { return existing == bytes }
            blobs[name] = bytes
            return true
        }
        guard isNew else { throw .corrupt("blob \(name) exists with other bytes") }
    }

    package func get(
        _ name: String,
        range: Range<Int>?
    ) async throws(StorageError) -> [UInt8] {
        try BlobName.check(name)
        guard let blob = blobs.withLock({ $0[name] }) else { throw .missing("blob \(name)") }
        guard let range else { return blob }
        guard range.lowerBound >= 0, range.upperBound <= blob.count else {
            throw .corrupt("blob \(name) has \(blob.count) bytes, not \(range)")
        }
        return Array(blob[range])
    }

    package func delete(_ name: String) async throws(StorageError) {
        try BlobName.check(name)
        _ = blobs.withLock { $0.removeValue(forKey: name) }
    }

    package func list(
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [String] {
        blobs.withLock { blobs in
            let names = blobs.keys.filter { name in
                name.hasPrefix(prefix) && after.map { name > $0 } ?? true
            }
            return Array(names.sorted().prefix(limit))
        }
    }
}
