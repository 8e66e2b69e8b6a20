import Storage
import Synchronization

/// Decides at which change of storage the power goes, and whether that change still happened.
final class PowerCut: Sendable {
    private struct State {
        var left: Int
        var isOff = false
    }

    private let state: Mutex<State>
    private let keepsLast: Bool

    init(after changes: Int, keepsLast: Bool) {
        state = Mutex(State(left: changes))
        self.keepsLast = keepsLast
    }

    var happened: Bool { state.withLock { $0.isOff } }

    func check() throws(StorageError) {
        if happened { throw .unavailable("no power") }
    }

    /// Makes a change, unless the power is off or goes just now.
    func change<Value>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try check()
        let goesNow = state.withLock { state in
            state.left -= 1
            if state.left < 0 { state.isOff = true }
            return state.isOff
        }
        guard goesNow else { return try await body() }
        if keepsLast { _ = try await body() }
        throw .unavailable("the power went")
    }
}

/// Storage in memory whose power can go; what is behind it stays, as a disk does.
struct CrashingRecords: OrderedRecords {
    let disk: any OrderedRecords
    let power: PowerCut

    func get(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try power.check()
        return try await disk.get(keys)
    }

    func range(
        _ prefix: RecordKey,
        after: RecordKey?,
        limit: Int,
        backwards: Bool
    ) async throws(StorageError) -> [Record] {
        try power.check()
        return try await disk.range(prefix, after: after, limit: limit, backwards: backwards)
    }

    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> Revision {
        try await power.change { () async throws(StorageError) in
            try await disk.commit(transaction)
        }
    }

    func scrub() async throws(StorageError) {
        try power.check()
        try await disk.scrub()
    }
}

struct CrashingLog: AppendLog {
    let disk: any AppendLog
    let power: PowerCut

    func append(_ bytes: [UInt8]) async throws(StorageError) -> LogPosition {
        try await power.change { () async throws(StorageError) in try await disk.append(bytes) }
    }

    func read(_ position: LogPosition) async throws(StorageError) -> [UInt8] {
        try power.check()
        return try await disk.read(position)
    }

    func entries(
        from position: LogPosition,
        limit: Int
    ) async throws(StorageError) -> [LogEntry] {
        try power.check()
        return try await disk.entries(from: position, limit: limit)
    }

    func truncate(before position: LogPosition) async throws(StorageError) {
        try await power.change { () async throws(StorageError) in
            try await disk.truncate(before: position)
        }
    }
}

struct CrashingBlobs: BlobStore {
    let disk: any BlobStore
    let power: PowerCut

    func put(_ name: String, _ bytes: [UInt8]) async throws(StorageError) {
        try await power.change { () async throws(StorageError) in try await disk.put(name, bytes) }
    }

    func get(_ name: String, range: Range<Int>?) async throws(StorageError) -> [UInt8] {
        try power.check()
        return try await disk.get(name, range: range)
    }

    func delete(_ name: String) async throws(StorageError) {
        try await power.change { () async throws(StorageError) in try await disk.delete(name) }
    }

    func list(prefix: String, after: String?, limit: Int) async throws(StorageError) -> [String] {
        try power.check()
        return try await disk.list(prefix: prefix, after: after, limit: limit)
    }
}

extension StorageEngines {
    func failing(with power: PowerCut) -> StorageEngines {
        StorageEngines(
            records: CrashingRecords(disk: records, power: power),
            log: CrashingLog(disk: log, power: power),
            blobs: CrashingBlobs(disk: blobs, power: power)
        )
    }
}
