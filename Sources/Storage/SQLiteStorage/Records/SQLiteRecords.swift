import FoundationEssentials
import GRDB
import Storage
import Vocabulary

/// Ours; GRDB has a type of that name too.
typealias Record = Storage.Record

/// Ordered records in a table of an SQLite database.
///
/// Reads run on connections of their own beside the writer. Commits that wait at the same time share one
/// SQLite transaction and so one flush; each still has its own conditions and its own outcome.
final class SQLiteRecords: OrderedRecords {
    private typealias Commits = GroupQueue<RecordTransaction, Revision>

    private let pool: DatabasePool
    private let isReadOnly: Bool
    private let commits = Commits("records", capacity: Limits.pendingCommits)

    init(_ pool: DatabasePool, isReadOnly: Bool) {
        self.pool = pool
        self.isReadOnly = isReadOnly
    }

    func get(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        // One statement is a snapshot by itself; several need a transaction around them.
        try await read(inTransaction: keys.count > 1) { db in
            try keys.map { key in
                let statement = try db.cachedStatement(
                    sql: "SELECT key, value, revision FROM record WHERE key = ?"
                )
                return try Self.records(statement, [Data(key.bytes)]).first
            }
        }
    }

    func range(
        _ prefix: RecordKey,
        after: RecordKey?,
        limit: Int,
        backwards: Bool
    ) async throws(StorageError) -> [Record] {
        let low = backwards ? prefix : max(prefix, after?.next ?? prefix)
        let high =
            backwards ? min(prefix.endOfRange, after ?? prefix.endOfRange) : prefix.endOfRange
        return try await read(inTransaction: false) { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT key, value, revision FROM record WHERE key >= ? AND key < ?
                    ORDER BY key \(backwards ? "DESC" : "ASC") LIMIT ?
                    """
            )
            return try Self.records(
                statement,
                [Data(low.bytes), Data(high.bytes), max(0, limit)]
            )
        }
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> Revision {
        guard !isReadOnly else { throw .unavailable("the records were opened for reading") }
        return try await commits.submit(transaction) {
            pool.asyncWriteWithoutTransaction { db in self.drain(db) }
        }
    }

    /// Moves the write-ahead log into the database, whose deleted cells and pages are zeros, and empties it.
    func scrub() async throws(StorageError) {
        guard !isReadOnly else { throw .unavailable("the records were opened for reading") }
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Void, StorageError>, Never>) in
            pool.asyncWriteWithoutTransaction { db in
                let result = Result { _ = try db.checkpoint(.truncate) }
                continuation.resume(returning: result.mapError(RecordDatabase.storageError))
            }
        }
        try outcome.get()
    }

    /// Finishes the commits that wait, and closes the file; blocks.
    func close() throws(StorageError) {
        commits.close()
        do {
            // The drain of what waits stands before this on the writer's queue.
            try pool.close()
        } catch {
            throw RecordDatabase.storageError(error)
        }
    }

    // MARK: Reading

    private func read<Value: Sendable>(
        inTransaction: Bool,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StorageError) -> Value {
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, StorageError>, Never>) in
            let answer: @Sendable (Result<Database, any Error>) -> Void = { opened in
                let value = Result { try body(try opened.get()) }
                continuation.resume(returning: value.mapError(RecordDatabase.storageError))
            }
            if inTransaction { pool.asyncRead(answer) } else { pool.asyncUnsafeRead(answer) }
        }
        return try outcome.get()
    }

    private static func records(
        _ statement: Statement,
        _ arguments: StatementArguments
    ) throws -> [Record] {
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var records: [Record] = []
        while let row = try rows.next() {
            records.append(
                Record(
                    key: RecordKey(encoded: try bytes(of: row, at: 0)),
                    value: try bytes(of: row, at: 1),
                    revision: UInt64(bitPattern: row[2])
                )
            )
        }
        return records
    }

    private static func bytes(of row: Row, at column: Int) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: column) { data in data.map { [UInt8]($0) } ?? [] }
    }

    // MARK: Writing

    private func drain(_ db: Database) {
        while true {
            let group = commits.next(count: Limits.commitsPerGroup, weight: .max)
            if group.isEmpty { return }
            for (waiting, outcome) in zip(group, write(group.map(\.request), db)) {
                waiting.resume(outcome)
            }
        }
    }

    /// Writes a group in one SQLite transaction.
    ///
    /// If the whole does not fit on the disk, each is tried alone: one that is too large must not take the
    /// others with it.
    private func write(
        _ group: [RecordTransaction],
        _ db: Database
    ) -> [Result<Revision, StorageError>] {
        var outcomes: [Result<Revision, StorageError>] = []
        do {
            try db.inTransaction(.immediate) {
                let first = UInt64(
                    bitPattern: try Int64.fetchOne(db, sql: "SELECT last FROM revision") ?? 0
                )
                var last = first
                for transaction in group {
                    outcomes.append(try Self.apply(transaction, after: &last, db))
                }
                guard last != first else { return .rollback }
                try db.cachedStatement(sql: "UPDATE revision SET last = ?")
                    .execute(arguments: [Int64(bitPattern: last)])
                return .commit
            }
            return outcomes
        } catch {
            guard group.count == 1 else { return group.flatMap { write([$0], db) } }
            return [.failure(RecordDatabase.storageError(error))]
        }
    }

    private static func apply(
        _ transaction: RecordTransaction,
        after last: inout Revision,
        _ db: Database
    ) throws -> Result<Revision, StorageError> {
        let revisions = try db.cachedStatement(sql: "SELECT revision FROM record WHERE key = ?")
        for condition in transaction.conditions {
            let found = try Int64.fetchOne(revisions, arguments: [Data(condition.key.bytes)])
            let holds =
                switch condition {
                case .absent: found == nil
                case .present: found != nil
                case .unchanged(_, let revision): found.map(UInt64.init(bitPattern:)) == revision
                }
            guard holds else { return .failure(.conflict(condition.key)) }
        }
        guard !transaction.changes.isEmpty else { return .success(last) }
        last += 1
        for change in transaction.changes {
            switch change {
            case .put(let key, let value):
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO record (key, value, revision) VALUES (?, ?, ?)"
                ).execute(
                    arguments: [Data(key.bytes), Data(value), Int64(bitPattern: last)]
                )
            case .delete(let key):
                try db.cachedStatement(sql: "DELETE FROM record WHERE key = ?")
                    .execute(arguments: [Data(key.bytes)])
            }
        }
        return .success(last)
    }
}
