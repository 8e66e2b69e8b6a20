import LogsService
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

/// The power goes at every single change of storage, before it and after it.
@Suite("A crash at any step")
struct CrashTests {
    /// Writes, compacts, deletes and expires; returns what was acknowledged of the stream that stays.
    private func work(_ logs: LogsBench) async -> (acknowledged: [String], attempted: [String]) {
        var acknowledged: [String] = []
        var attempted: [String] = []
        do {
            try await logs.makeGroup()
            for stream in ["keeps", "goes"] { try await logs.makeStream(stream) }
            for round in 0..<3 {
                logs.clock.advance(by: 1)
                attempted.append("\(round)")
                try await logs.put("\(round)", "keeps")
                acknowledged.append("\(round)")
                try await logs.put("gone", "goes")
                await logs.maintenance.step()
                if round == 1 { try await logs.maintenance.compact() }
            }
            try await logs.call(
                "DeleteLogStream",
                #"{"logGroupName":"/ssm/console","logStreamName":"goes"}"#
            )
            await logs.maintenance.step()
            try await logs.maintenance.compact()
        } catch {
            // The cut; what counts is what was acknowledged before it.
        }
        return (acknowledged, attempted)
    }

    @Test(arguments: 0..<60, [true, false])
    func `loses and doubles nothing`(changes: Int, keepsLast: Bool) async throws {
        let bench = try TestBench()
        let power = PowerCut(after: changes, keepsLast: keepsLast)
        let before = try LogsBench(bench, engines: bench.engines.failing(with: power))
        let (acknowledged, attempted) = await work(before)

        let logs = try before.restarted(on: bench.engines)
        let isThere = try await logs.call("DescribeLogGroups", "{}")["logGroups"].items.count == 1
        guard isThere else {
            #expect(acknowledged.isEmpty)
            return
        }
        for stage in ["after the start", "after maintenance", "after compaction"] {
            let streams = try await logs.call(
                "DescribeLogStreams",
                #"{"logGroupName":"/ssm/console"}"#
            )["logStreams"].items.compactMap { $0["logStreamName"].text }
            guard streams.contains("keeps") else {
                #expect(acknowledged.isEmpty)
                return
            }
            let found = try await logs.messages("keeps")
            let comment: Comment = "\(stage), \(changes) changes, last kept: \(keepsLast)"
            #expect(found == attempted.filter { found.contains($0) }, comment)
            #expect(Set(found).isSuperset(of: acknowledged), comment)
            if stage == "after the start" { await logs.maintenance.step() }
            if stage == "after maintenance" { try await logs.maintenance.compact() }
        }
        let left = try await logs.engines.log.entries(from: .init(offset: 0), limit: 100)
        #expect(left.isEmpty)
        logs.clock.advance(by: 10)
        try await logs.put("and on", "keeps")
        #expect(try await logs.messages("keeps").last == "and on")
        try await ChainCheck(logs).holds()

        // What nothing names is collected after an hour, and what is named stays.
        await logs.maintenance.step()
        logs.clock.advance(by: 3601)
        await logs.maintenance.step()
        try await ChainCheck(logs).blobsAreNamed()
        #expect(try await logs.messages("keeps").last == "and on")
    }

    @Test func `is not survived by an entry that no record names`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        try await logs.put("named", "s")
        let power = PowerCut(after: 1, keepsLast: false)
        let crashing = try logs.restarted(on: logs.engines.failing(with: power))
        // The data key's record is the first change, the append the second, which the cut lets not happen.
        _ = try? await crashing.put("never acknowledged", "s")
        let entries = try await logs.engines.log.entries(from: .init(offset: 0), limit: 10)
        _ = try await logs.engines.log.append(entries[0].bytes)
        #expect(try await logs.messages("s") == ["named"])
        try await logs.maintenance.compact()
        #expect(try await logs.messages("s") == ["named"])
        let left = try await logs.engines.log.entries(from: .init(offset: 0), limit: 10)
        #expect(left.isEmpty)
    }
}

@Suite("Full or failing storage")
struct FailingStorageTests {
    private struct FullLog: AppendLog {
        let disk: any AppendLog

        func append(_ bytes: [UInt8]) async throws(StorageError) -> LogPosition { throw .full }
        func read(_ position: LogPosition) async throws(StorageError) -> [UInt8] {
            try await disk.read(position)
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

    @Test func `is said plainly, and writing goes on when there is room`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        try await logs.put("before", "s")
        let full = try logs.restarted(
            on: StorageEngines(
                records: logs.engines.records,
                log: FullLog(disk: logs.engines.log),
                blobs: logs.engines.blobs
            )
        )
        await #expect(
            throws: ServiceFault(
                "ServiceUnavailableException",
                "There is no room left to store log data; nothing was stored.",
                status: 500
            )
        ) { try await full.put("lost", "s") }
        #expect(try await full.messages("s") == ["before"])
        try await logs.put("after", "s")
        #expect(try await logs.messages("s") == ["before", "after"])
    }
}
