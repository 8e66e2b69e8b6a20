import Dispatch
import Files
import FoundationEssentials
import GRDB
import Logging
import Storage
import StorageConformance
import Synchronization
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("A data directory")
struct DataDirectoryTests {
    private func open(
        _ directory: Directory,
        for access: DirectoryAccess = .serving
    ) async throws(StorageError) -> StorageEngines {
        try await StorageEngines.sqlite(in: directory.path, for: access, logger: quiet)
    }

    private let key = RecordKey(["a"])

    private func put(_ engines: StorageEngines, _ value: [UInt8]) async throws {
        try await engines.records.commit(RecordTransaction(changes: [.put(key, value)]))
    }

    @Test func `keeps everything when it is closed and opened`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            try await put(engines, [1])
            let position = try await engines.log.append([2])
            try await engines.blobs.put("a/b", [3])
            await engines.close()

            let again = try await open(directory)
            #expect(try await again.records.get(key)?.value == [1])
            #expect(try await again.log.read(position) == [2])
            #expect(try await again.blobs.get("a/b", range: nil) == [3])
            let revision = try await again.records.get(key)?.revision ?? 0
            let next = try await again.records.commit(
                RecordTransaction(changes: [.put(key, [4])])
            )
            #expect(next > revision, "revisions grow over a restart")
            await again.close()
        }
    }

    @Test func `is served by one at a time`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try await open(directory)
            await #expect(
                throws: StorageError.unavailable(
                    "another server is using the data directory \(directory.path)"
                )
            ) { _ = try await open(directory) }
            await first.close()
            let second = try await open(directory)
            await second.close()
        }
    }

    @Test func `is looked at while it is served, and not changed`() async throws {
        try await withTemporaryDirectory { directory in
            let server = try await open(directory)
            try await put(server, [1])
            try await server.blobs.put("a", [2])
            let reader = try await open(directory, for: .reading)
            #expect(try await reader.records.get(key)?.value == [1])
            #expect(try await reader.blobs.get("a", range: nil) == [2])
            await #expect(throws: StorageError.self) { try await put(reader, [2]) }
            await #expect(throws: StorageError.self) { try await reader.blobs.put("b", [2]) }
            await #expect(throws: StorageError.self) { try await reader.blobs.delete("a") }
            try await put(server, [3])
            #expect(try await reader.records.get(key)?.value == [3])
            await reader.close()
            await server.close()
            let alone = try await open(directory, for: .reading)
            #expect(try await alone.records.get(key)?.value == [3])
            await alone.close()
        }
    }

    @Test func `refuses what comes after it is closed, and closes twice`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            await engines.close()
            await engines.close()
            await #expect(throws: StorageError.self) { try await put(engines, [1]) }
            await #expect(throws: StorageError.self) { try await engines.records.get(key) }
            await #expect(throws: StorageError.self) { try await engines.log.append([1]) }
        }
    }

    @Test func `is for its owner only, every file and folder of it`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            try await put(engines, [1])
            _ = try await engines.log.append([1])
            try await engines.blobs.put("a/b/c", [1])
            let manager = FileManager.default
            let paths = try manager.subpathsOfDirectory(atPath: directory.path)
            #expect(paths.contains("records.sqlite-wal"))
            for path in paths {
                let attributes = try manager.attributesOfItem(atPath: directory.path(of: path))
                let mode = attributes[.posixPermissions] as? UInt ?? 0
                let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
                #expect(mode == (isFolder ? 0o700 : 0o600), "\(path)")
            }
            await engines.close()
        }
    }

    @Test func `has all that was acknowledged when it was killed`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            for number in 0..<50 { try await put(engines, [UInt8(number)]) }
            try await withTemporaryDirectory { copy in
                for name in ["records.sqlite", "records.sqlite-wal"] {
                    let source = try OpenFile(directory.path(of: name), for: .reading)
                    let target = try OpenFile(copy.path(of: name), for: .creating)
                    try target.write(source.readAll(limit: 100 << 20), at: 0)
                }
                let restarted = try await open(copy)
                #expect(try await restarted.records.get(key)?.value == [49])
                await restarted.close()
            }
            await engines.close()
        }
    }

    @Test func `forgets a commit that was cut off, and no other`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            try await put(engines, [1])
            let wal = try OpenFile(directory.path(of: "records.sqlite-wal"), for: .reading)
            let before = try wal.size()
            try await put(engines, [2])
            let whole = try wal.readAll(limit: 100 << 20)
            let file = try OpenFile(directory.path(of: "records.sqlite"), for: .reading)
                .readAll(limit: 100 << 20)
            #expect(whole.count > before)
            for length in stride(from: before, to: whole.count, by: 997) {
                try await withTemporaryDirectory { copy in
                    let target = try OpenFile(copy.path(of: "records.sqlite"), for: .creating)
                    try target.write(file, at: 0)
                    let log = try OpenFile(copy.path(of: "records.sqlite-wal"), for: .creating)
                    try log.write(Array(whole.prefix(length)), at: 0)
                    let restarted = try await open(copy)
                    let value = try await restarted.records.get(key)?.value
                    #expect(value == [1], "cut at \(length)")
                    await restarted.close()
                }
            }
            await engines.close()
        }
    }

    @Test func `is not opened when it is something else`() async throws {
        try await withTemporaryDirectory { directory in
            let file = try OpenFile(directory.path(of: "records.sqlite"), for: .creating)
            try file.write(Array(repeating: 0x55, count: 8192), at: 0)
            await #expect(
                throws: StorageError.corrupt("records: file is not a database")
            ) { _ = try await open(directory) }
        }
        await #expect(throws: StorageError.self) {
            _ = try await open(Directory("/nonexistent/sekisho"))
        }
    }

    @Test func `clears what a crash left half written`() async throws {
        try await withTemporaryDirectory { directory in
            let engines = try await open(directory)
            await engines.close()
            let draft = try OpenFile(directory.path(of: "tmp/draft"), for: .creating)
            try draft.write([1], at: 0)
            let again = try await open(directory)
            #expect(try Directory(directory.path(of: "tmp")).names() == [])
            #expect(try await again.blobs.list(prefix: "", after: nil, limit: 9) == [])
            await again.close()
        }
    }
}

@Suite("Records in SQLite")
struct RecordDatabaseTests {
    @Test func `write through to the disk`() throws {
        try withTemporaryDirectory { directory in
            let pool = try RecordDatabase.open(directory.path(of: "r"), for: .serving)
            let settings = try pool.writeWithoutTransaction { db in
                try ["synchronous", "journal_mode", "page_size"].map {
                    try String.fetchOne(db, sql: "PRAGMA \($0)")
                }
            }
            #expect(settings == ["2", "wal", "\(RecordDatabase.pageSize)"])
            try pool.close()
        }
    }

    @Test func `say that the disk is full, and go on with what fits`() async throws {
        try await withTemporaryDirectory { directory in
            let pool = try RecordDatabase.open(directory.path(of: "r"), for: .serving)
            try await pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA max_page_count = 40")
            }
            let records = SQLiteRecords(pool, isReadOnly: false)
            let large = [UInt8](repeating: 1, count: 1 << 20)
            // All at once, so that the large one shares its group with others.
            let outcomes = await withTaskGroup(of: (Int, StorageError?).self) { group in
                for number in 0..<9 {
                    group.addTask {
                        let value = number == 4 ? large : [1]
                        return (number, await put(value, under: "\(number)", in: records))
                    }
                }
                return await group.reduce(into: [Int: StorageError]()) { $0[$1.0] = $1.1 }
            }
            #expect(outcomes == [4: .full])
            let found = try await records.range(
                RecordKey([]),
                after: nil,
                limit: 100,
                backwards: false
            )
            #expect(found.map { $0.key.components.joined() } == "01235678".map { "\($0)" })
            try records.close()
        }
    }

    /// The error of a commit, or nil.
    private func put(
        _ value: [UInt8],
        under name: String,
        in records: SQLiteRecords
    ) async -> StorageError? {
        do {
            _ = try await records.commit(
                RecordTransaction(changes: [.put(RecordKey([name]), value)])
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func `of a later format are left alone`() async throws {
        try await withTemporaryDirectory { directory in
            let pool = try RecordDatabase.open(directory.path(of: "r"), for: .serving)
            try await pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA user_version = 2")
            }
            try pool.close()
            for access in [DirectoryAccess.serving, .reading] {
                #expect {
                    try RecordDatabase.open(directory.path(of: "r"), for: access)
                } throws: { error in
                    "\(error)".contains("has format 2, and this program knows 1")
                }
            }
        }
    }
}

/// A value that tasks and threads of a test share.
private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    func withLock<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result {
        value.withLock(body)
    }
}

@Suite("Work that waits")
struct WaitingWorkTests {
    @Test func `is gathered while the thread is busy`() async throws {
        let queue = GroupQueue<Int, Int>("queue", capacity: 100)
        let thread = DispatchQueue(label: "test")
        let groups = Shared<[Int]>([])
        let total = try await withThrowingTaskGroup(of: Int.self) { tasks in
            for number in 1...50 {
                tasks.addTask {
                    try await queue.submit(number) {
                        thread.async {
                            while true {
                                let group = queue.next(count: 8, weight: .max)
                                if group.isEmpty { return }
                                groups.withLock { $0.append(group.count) }
                                for waiting in group { waiting.resume(.success(waiting.request)) }
                            }
                        }
                    }
                }
            }
            return try await tasks.reduce(0, +)
        }
        #expect(total == 50 * 51 / 2)
        #expect(groups.withLock { $0.reduce(0, +) } == 50)
        #expect(groups.withLock { $0.allSatisfy { (1...8).contains($0) } })
    }

    @Test func `is taken up to a weight, and at least one`() async throws {
        let queue = GroupQueue<Int, Int>("queue", capacity: 100)
        let taken = try await withThrowingTaskGroup(of: Int.self) { tasks in
            let entered = AsyncStream<Void>.makeStream()
            for weight in [50, 5, 5] {
                tasks.addTask {
                    try await queue.submit(weight, weight: weight) { entered.continuation.yield() }
                }
            }
            for await _ in entered.stream { break }
            var sizes: [[Int]] = []
            while sizes.joined().count < 3 {
                let group = queue.next(count: .max, weight: 10)
                if group.isEmpty { await Task.yield() } else { sizes.append(group.map(\.request)) }
                for waiting in group { waiting.resume(.success(0)) }
            }
            for try await _ in tasks {}
            return sizes
        }
        #expect(taken.allSatisfy { $0.count == 1 || $0.reduce(0, +) <= 10 })
    }

    @Test func `is refused past the capacity and after closing`() async throws {
        let queue = GroupQueue<Int, Int>("queue", capacity: 1)
        let entered = AsyncStream<Void>.makeStream()
        async let first = queue.submit(1) { entered.continuation.yield() }
        for await _ in entered.stream { break }
        await #expect(throws: StorageError.unavailable("too much is waiting for the queue")) {
            try await queue.submit(2) {}
        }
        for waiting in queue.next(count: 9, weight: 9) { waiting.resume(.success(7)) }
        #expect(try await first == 7)
        queue.close()
        await #expect(throws: StorageError.unavailable("the queue is closed")) {
            try await queue.submit(3) {}
        }
    }

    @Test func `blocks no more threads than it may`() async throws {
        let work = BlockingWork("test", width: 3)
        let running = Shared((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    try await work.run { () throws(StorageError) in
                        running.withLock { state in
                            state.now += 1
                            state.most = max(state.most, state.now)
                        }
                        _ = (0..<10_000).reduce(0, &+)
                        running.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(running.withLock { $0.now } == 0)
        #expect((1...3).contains(running.withLock { $0.most }))
    }
}
