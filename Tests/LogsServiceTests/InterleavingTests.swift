import LogEngine
import ServiceTestKit
import Storage
import Synchronization
import Testing
import Vocabulary

@testable import LogsService

/// An append log in which something happens, once, just after an append or just before a read.
private final class InterruptedLog: AppendLog {
    private let disk: any AppendLog
    private let afterAppend = Mutex<(@Sendable () async -> Void)?>(nil)
    private let beforeRead = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ disk: any AppendLog) {
        self.disk = disk
    }

    func onceAfterAppend(_ body: @escaping @Sendable () async -> Void) {
        afterAppend.withLock { $0 = body }
    }

    func onceBeforeRead(_ body: @escaping @Sendable () async -> Void) {
        beforeRead.withLock { $0 = body }
    }

    func append(_ bytes: [UInt8]) async throws(StorageError) -> LogPosition {
        let position = try await disk.append(bytes)
        await afterAppend.withLock { $0.take() }?()
        return position
    }

    func read(_ position: LogPosition) async throws(StorageError) -> [UInt8] {
        await beforeRead.withLock { $0.take() }?()
        return try await disk.read(position)
    }

    func entries(
        from position: LogPosition,
        limit: Int
    ) async throws(StorageError) -> [LogEntry] {
        try await disk.entries(from: position, limit: limit)
    }

    func truncate(before position: LogPosition) async throws(StorageError) {
        try await disk.truncate(before: position)
    }
}

@Suite("What happens in between")
struct InterleavingTests {
    private func bench() async throws -> (LogsBench, InterruptedLog) {
        let bench = try TestBench()
        let log = InterruptedLog(bench.engines.log)
        let logs = try LogsBench(
            bench,
            engines: StorageEngines(
                records: bench.engines.records,
                log: log,
                blobs: bench.engines.blobs
            )
        )
        try await logs.makeGroup()
        try await logs.makeStream("s")
        return (logs, log)
    }

    @Test func `a batch whose entry was truncated before it was named is appended again`()
        async throws
    {
        let (logs, log) = try await bench()
        let other = try logs.restarted()
        for round in 0..<2 {
            log.onceAfterAppend {
                await #expect(throws: Never.self) { try await other.maintenance.compact() }
            }
            try await logs.put("\(round)", "s")
        }
        #expect(try await logs.messages("s") == ["0", "1"])
        try await logs.maintenance.compact()
        #expect(try await logs.messages("s") == ["0", "1"])
        try await ChainCheck(logs).holds()
    }

    @Test func `a batch that moves while it is read is found at its new place`() async throws {
        let (logs, log) = try await bench()
        try await logs.put("moved", "s")
        log.onceBeforeRead {
            await #expect(throws: Never.self) { try await logs.maintenance.compact() }
        }
        #expect(try await logs.messages("s") == ["moved"])
    }

    @Test func `a stream deleted while it is read gives what is left, and no damage`() async throws
    {
        let (logs, log) = try await bench()
        try await logs.put("gone", "s")
        log.onceBeforeRead {
            await #expect(throws: Never.self) {
                try await logs.call(
                    "DeleteLogStream",
                    #"{"logGroupName":"/ssm/console","logStreamName":"s"}"#
                )
                await logs.maintenance.step()
                try await logs.maintenance.compact()
            }
        }
        #expect(try await logs.filter() == [])
    }

    @Test func `a group deleted while a batch is appended takes the batch with it`() async throws {
        let (logs, log) = try await bench()
        log.onceAfterAppend {
            await #expect(throws: Never.self) {
                try await logs.call("DeleteLogGroup", #"{"logGroupName":"/ssm/console"}"#)
            }
        }
        await #expect(
            throws: ServiceFault(
                "ResourceNotFoundException",
                "The specified log group does not exist."
            )
        ) { try await logs.put("late", "s") }
        try await logs.makeGroup()
        try await logs.makeStream("s")
        #expect(try await logs.messages("s") == [])
    }

    @Test func `a key associated while a batch is appended seals the batch`() async throws {
        let (logs, log) = try await bench()
        log.onceAfterAppend {
            await #expect(throws: Never.self) {
                try await logs.call(
                    "AssociateKmsKey",
                    #"{"logGroupName":"/ssm/console","kmsKeyId":"\#(logs.key)"}"#
                )
            }
        }
        try await logs.put("sealed", "s")
        logs.keys.refuse(logs.key, ServiceFault("DisabledException", ""))
        await #expect(throws: ServiceFault.self) { try await logs.restarted().messages("s") }
    }
}

/// A number that several tasks change.
private final class Tally: Sendable {
    private let value = Mutex(0)

    var now: Int { value.withLock { $0 } }

    func add(_ change: Int) { value.withLock { $0 += change } }
}

@Suite("The lanes of writers")
struct StreamLanesTests {
    @Test func `let one in at a time, and everybody in the end`() async throws {
        let lanes = StreamLanes()
        let inside = Tally()
        let done = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await lanes.run(LogStreamID(1)) {
                        #expect(inside.now == 0)
                        inside.add(1)
                        await Task.yield()
                        inside.add(-1)
                        done.add(1)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(done.now == 50)
    }

    @Test func `give way after a failure`() async throws {
        struct Failure: Error {}
        let lanes = StreamLanes()
        await #expect(throws: Failure.self) {
            try await lanes.run(LogStreamID(1)) { throw Failure() }
        }
        #expect(try await lanes.run(LogStreamID(1)) { 7 } == 7)
    }

    @Test func `refuse who comes when 1024 wait already`() async throws {
        let lanes = StreamLanes()
        let lane = LogStreamID(1)
        let done = Tally()
        let (gate, opening) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await lanes.run(lane) { for await _ in gate { break } }
            }
            while lanes.waiting(for: lane) == nil { await Task.yield() }
            for _ in 0..<Limits.Logs.waitingWritersPerStream {
                group.addTask { try await lanes.run(lane) { done.add(1) } }
            }
            while lanes.waiting(for: lane) != Limits.Logs.waitingWritersPerStream {
                await Task.yield()
            }
            await #expect(throws: ServiceFault("ThrottlingException", "Rate exceeded")) {
                try await lanes.run(lane) {}
            }
            opening.yield()
            try await group.waitForAll()
        }
        #expect(done.now == Limits.Logs.waitingWritersPerStream)
        #expect(lanes.waiting(for: lane) == nil)
    }
}
