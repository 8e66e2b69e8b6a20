import LogEngine
import LogsService
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

@Suite("Maintenance")
struct MaintenanceTests {
    private static let day: Double = 24 * 60 * 60

    private func bench() async throws -> LogsBench {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        return logs
    }

    private func retain(_ logs: LogsBench, _ days: Int) async throws {
        try await logs.call(
            "PutRetentionPolicy",
            #"{"logGroupName":"/ssm/console","retentionInDays":\#(days)}"#
        )
    }

    private func storedBytes(_ logs: LogsBench) async throws -> Int64? {
        try await logs.call("DescribeLogGroups", "{}")["logGroups"][0]["storedBytes"].number
    }

    // MARK: Retention

    @Test func `hides expired events at once and removes them with a tombstone`() async throws {
        let logs = try await bench()
        try await retain(logs, 3)
        for day in 0..<5 {
            try await logs.put("day \(day)", "s")
            logs.clock.advance(by: Self.day)
        }
        // Five days have passed; what is older than three is gone for readers before anything is removed.
        #expect(try await logs.messages("s") == ["day 2", "day 3", "day 4"])
        #expect(try await logs.filter().count == 3)
        await logs.maintenance.step()
        let check = ChainCheck(logs)
        #expect(try await check.count("batch") == 3)
        #expect(try await check.count("streamtime") == 3)
        #expect(try await check.count("grouptime") == 3)
        let tombstone = try #require(try await check.tombstones().first)
        #expect(tombstone.reason == .retention)
        #expect(tombstone.firstSequence == 0)
        #expect(tombstone.nextSequence == 2)
        #expect(tombstone.groupName == "/ssm/console")
        #expect(tombstone.streamName == "s")
        try await check.holds()
        #expect(try await logs.messages("s") == ["day 2", "day 3", "day 4"])
        await logs.maintenance.step()
        let buried = try await check.heads().flatMap(\.entries).contains(.tombstone(tombstone.hash))
        #expect(buried)
        let stream = try await logs.call(
            "DescribeLogStreams",
            #"{"logGroupName":"/ssm/console"}"#
        )["logStreams"][0]
        #expect(stream["firstEventTimestamp"].number == logs.now - 3 * 24 * 60 * 60 * 1000)
    }

    @Test func `removes blobs whose batches have all expired`() async throws {
        let logs = try await bench()
        try await retain(logs, 1)
        try await logs.put("a", "s")
        try await logs.maintenance.compact()
        #expect(try await ChainCheck(logs).count("blob") == 1)
        logs.clock.advance(by: 2 * Self.day)
        try await logs.put("b", "s")
        await logs.maintenance.step()
        #expect(try await ChainCheck(logs).count("blob") == 0)
        #expect(try await logs.engines.blobs.list(prefix: "", after: nil, limit: 10) == [])
        #expect(try await logs.messages("s") == ["b"])
        try await ChainCheck(logs).holds()
    }

    @Test func `leaves events alone that the group keeps for ever`() async throws {
        let logs = try await bench()
        try await retain(logs, 1)
        try await logs.call("DeleteRetentionPolicy", #"{"logGroupName":"/ssm/console"}"#)
        try await logs.put("a", "s")
        logs.clock.advance(by: 4000 * Self.day)
        await logs.maintenance.step()
        #expect(try await logs.messages("s") == ["a"])
    }

    @Test func `removes hundreds of batches in several transactions and keeps the chain`()
        async throws
    {
        let logs = try await bench()
        try await retain(logs, 1)
        for index in 0..<600 { try await logs.put("\(index)", "s") }
        logs.clock.advance(by: 1 + Self.day)
        try await logs.put("kept", "s")
        await logs.maintenance.step()
        #expect(try await ChainCheck(logs).count("batch") == 1)
        try await ChainCheck(logs).holds()
        #expect(try await storedBytes(logs) == 30)
    }

    // MARK: Sizes

    @Test func `counts bytes as AWS does, and takes them away again`() async throws {
        let logs = try await bench()
        try await logs.makeStream("t")
        try await logs.put([(logs.now, "12345"), (logs.now, "✓")], "s")
        try await logs.put("x", "t")
        await logs.maintenance.step()
        #expect(try await storedBytes(logs) == 5 + 3 + 1 + 3 * 26)
        try await logs.call(
            "DeleteLogStream",
            #"{"logGroupName":"/ssm/console","logStreamName":"s"}"#
        )
        await logs.maintenance.step()
        #expect(try await storedBytes(logs) == 1 + 26)
    }

    // MARK: Deletion

    @Test func `leaves nothing of a deleted group but tombstones`() async throws {
        let logs = try await bench()
        for index in 0..<3 {
            try await logs.makeStream("s\(index)")
            try await logs.put("m", "s\(index)")
            try await logs.maintenance.compact()
        }
        try await logs.call("DeleteLogGroup", #"{"logGroupName":"/ssm/console"}"#)
        await logs.maintenance.step()
        await logs.maintenance.step()
        let check = ChainCheck(logs)
        for kind in [
            "group", "stream", "recent", "batch", "streamtime", "grouptime", "span", "size",
            "datakey", "blob", "pending", "deletedgroup", "deletedstream",
        ] {
            #expect(try await check.count(kind) == 0, "\(kind)")
        }
        let tombstones = try await check.tombstones()
        #expect(tombstones.map(\.streamName).sorted() == ["s0", "s1", "s2"])
        #expect(tombstones.allSatisfy { $0.reason == .groupDeleted })
        #expect(try await logs.engines.blobs.list(prefix: "", after: nil, limit: 10) == [])
    }

    // MARK: Heads

    @Test func `signs a head for what was written, and none for nothing`() async throws {
        let logs = try await bench()
        await logs.maintenance.step()
        #expect(try await ChainCheck(logs).heads().isEmpty)
        for round in 0..<3 {
            try await logs.put("\(round)", "s")
            try await logs.put("\(round)", "s")
            await logs.maintenance.step()
            await logs.maintenance.step()
        }
        let heads = try await ChainCheck(logs).heads()
        #expect(heads.count == 3)
        let stream = try #require(try await ChainCheck(logs).streams().first)
        guard case .stream(_, let id, let next, let root) = heads.last?.entries.last else {
            Issue.record("the last head has no stream")
            return
        }
        #expect(id.number == stream.id)
        #expect(next == 6)
        #expect(root.description == stream.root)
    }

    @Test func `goes on with its chain of heads after a start`() async throws {
        let logs = try await bench()
        try await logs.put("a", "s")
        await logs.maintenance.step()
        let again = try logs.restarted()
        try await again.put("b", "s")
        await again.maintenance.step()
        #expect(try await ChainCheck(again).heads().count == 2)
    }

    @Test func `signs the last heads when it is told to stop`() async throws {
        let logs = try await bench()
        let running = Task { try await logs.maintenance.run() }
        try await logs.put("a", "s")
        running.cancel()
        try await running.value
        #expect(try await ChainCheck(logs).heads().count >= 1)
        #expect(try await ChainCheck(logs).count("pending") == 0)
    }

    // MARK: Blobs

    @Test func `moves a full extent into one blob a group, and readers see no difference`()
        async throws
    {
        let logs = try await bench()
        try await logs.makeGroup("other")
        try await logs.makeStream("s", "other")
        let big = String(repeating: "x", count: 1_000_000)
        for index in 0..<5 {
            logs.clock.advance(by: 1)
            try await logs.put("\(index) \(big)", "s")
            try await logs.put("other \(index)", "s", "other")
        }
        let before = try await logs.messages("s")
        await logs.maintenance.step()
        #expect(try await ChainCheck(logs).count("blob") == 2)
        #expect(try await logs.messages("s") == before)
        #expect(try await logs.messages("s", "other").count == 5)
        let first = try await logs.engines.log.entries(from: .init(offset: 0), limit: 1)
        #expect(try #require(first.first).position.offset > 0)
        try await ChainCheck(logs).holds()
        try await ChainCheck(logs).blobsAreNamed()
    }

    @Test func `lets writers go on while it moves batches`() async throws {
        let logs = try await bench()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for index in 0..<15 { try await logs.put("\(writer)-\(index)", "s") }
                }
            }
            group.addTask { for _ in 0..<20 { try await logs.maintenance.compact() } }
            try await group.waitForAll()
        }
        #expect(Set(try await logs.messages("s")).count == 60)
        try await logs.maintenance.compact()
        #expect(Set(try await logs.messages("s")).count == 60)
        try await ChainCheck(logs).holds()
        try await ChainCheck(logs).blobsAreNamed()
    }
}

@Suite("A damaged batch")
struct DamageTests {
    /// Blobs of which one byte has changed.
    private struct DamagedBlobs: BlobStore {
        let disk: any BlobStore
        let flip: Int

        func put(_ name: String, _ bytes: [UInt8]) async throws(StorageError) {
            try await disk.put(name, bytes)
        }
        func get(_ name: String, range: Range<Int>?) async throws(StorageError) -> [UInt8] {
            var bytes = try await disk.get(name, range: range)
            bytes[flip % bytes.count] ^= 1
            return bytes
        }
        func delete(_ name: String) async throws(StorageError) { try await disk.delete(name) }
        func list(
            prefix: String,
            after: String?,
            limit: Int
        ) async throws(StorageError) -> [String] {
            try await disk.list(prefix: prefix, after: after, limit: limit)
        }
    }

    @Test func `is reported by name, whichever byte it is, never as missing events`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        try await logs.put([(logs.now, "one"), (logs.now, "two")], "s")
        let entry = try await logs.engines.log.entries(from: .init(offset: 0), limit: 1)[0]
        try await logs.maintenance.compact()
        for byte in 0..<entry.bytes.count {
            let damaged = try logs.restarted(
                on: StorageEngines(
                    records: logs.engines.records,
                    log: logs.engines.log,
                    blobs: DamagedBlobs(disk: logs.engines.blobs, flip: byte)
                )
            )
            await #expect(
                throws: ServiceFault(
                    "InternalFailure",
                    "The stored log events of stream 's' from number 0 on are damaged and cannot "
                        + "be read.",
                    status: 500
                ),
                "byte \(byte)"
            ) { try await damaged.messages("s") }
        }
    }

    @Test func `that is gone is reported too`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        try await logs.put("one", "s")
        try await logs.engines.log.truncate(before: LogPosition(offset: .max))
        let fault = try await logs.fault("FilterLogEvents", #"{"logGroupName":"/ssm/console"}"#)
        #expect(fault?.code == "InternalFailure")
        #expect(fault?.message.contains("stream 's' from number 0 on are damaged") == true)
    }
}
