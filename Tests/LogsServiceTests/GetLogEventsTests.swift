import LogsService
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@Suite("GetLogEvents")
struct GetLogEventsTests {
    private func bench(_ count: Int = 5) async throws -> LogsBench {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        if count > 0 {
            try await logs.put((0..<count).map { (logs.now + Int64($0), "\($0)") }, "s")
        }
        return logs
    }

    private func get(_ logs: LogsBench, _ members: String = "") async throws -> JSON {
        try await logs.call(
            "GetLogEvents",
            #"{"logGroupName":"/ssm/console","logStreamName":"s"\#(members)}"#
        )
    }

    private func messages(_ page: JSON) -> [String] {
        page["events"].items.compactMap { $0["message"].text }
    }

    private func token(_ page: JSON, _ name: String) throws -> String {
        try #require(page[name].text)
    }

    @Test func `gives the newest page unless asked for the head`() async throws {
        let logs = try await bench()
        #expect(messages(try await get(logs, #","limit":2"#)) == ["3", "4"])
        #expect(messages(try await get(logs, #","limit":2,"startFromHead":true"#)) == ["0", "1"])
    }

    @Test func `gives time, message and ingestion time`() async throws {
        let logs = try await bench(1)
        let event = try await get(logs)["events"][0]
        #expect(event.members == ["timestamp", "message", "ingestionTime"])
        #expect(event["timestamp"].number == logs.now)
        #expect(event["ingestionTime"].number == logs.now)
    }

    @Test func `walks backwards and forwards from any page`() async throws {
        let logs = try await bench()
        let newest = try await get(logs, #","limit":2"#)
        let older = try await get(
            logs,
            #","limit":2,"nextToken":"\#(try token(newest, "nextBackwardToken"))""#
        )
        #expect(messages(older) == ["1", "2"])
        let again = try await get(
            logs,
            #","limit":2,"nextToken":"\#(try token(older, "nextForwardToken"))""#
        )
        #expect(messages(again) == ["3", "4"])
    }

    @Test func `says the end by repeating the token, in both directions`() async throws {
        let logs = try await bench(2)
        let page = try await get(logs)
        let forward = try token(page, "nextForwardToken")
        let end = try await get(logs, #","nextToken":"\#(forward)""#)
        #expect(messages(end) == [])
        #expect(try token(end, "nextForwardToken") == forward)
        let backward = try token(page, "nextBackwardToken")
        let start = try await get(logs, #","nextToken":"\#(backward)""#)
        #expect(messages(start) == [])
        #expect(try token(start, "nextBackwardToken") == backward)
    }

    @Test func `finds what came since by the token of the end`() async throws {
        let logs = try await bench(0)
        let empty = try await get(logs)
        let first = try token(empty, "nextForwardToken")
        try await logs.put("later", "s")
        let page = try await get(logs, #","nextToken":"\#(first)""#)
        #expect(messages(page) == ["later"])
        logs.clock.advance(by: 1)
        try await logs.put("still later", "s")
        let next = try token(page, "nextForwardToken")
        #expect(messages(try await get(logs, #","nextToken":"\#(next)""#)) == ["still later"])
    }

    @Test func `takes the start of a time range in and leaves its end out`() async throws {
        let logs = try await bench()
        let page = try await get(
            logs,
            #","startTime":\#(logs.now + 1),"endTime":\#(logs.now + 3)"#
        )
        #expect(messages(page) == ["1", "2"])
    }

    @Test func `orders by event time what arrived in another order`() async throws {
        let logs = try await bench(0)
        try await logs.put([(logs.now + 5, "e"), (logs.now + 9, "g")], "s")
        try await logs.put([(logs.now + 1, "a"), (logs.now + 7, "f")], "s")
        try await logs.put([(logs.now + 2, "b"), (logs.now + 5, "e2")], "s")
        #expect(try await logs.messages("s") == ["a", "b", "e", "e2", "f", "g"])
        #expect(try await logs.messages("s", limit: 1) == ["a", "b", "e", "e2", "f", "g"])
    }

    @Test func `ends a page at 1 MB`() async throws {
        let logs = try await bench(0)
        let big = String(repeating: "x", count: 400_000)
        for _ in 0..<4 {
            logs.clock.advance(by: 1)
            try await logs.put(big, "s")
        }
        #expect(messages(try await get(logs, #","startFromHead":true"#)).count == 2)
        #expect(messages(try await get(logs)).count == 2)
        #expect(try await logs.messages("s").count == 4)
    }

    @Test(arguments: [
        (#","nextToken":"f/1""#, "The specified nextToken is invalid."),
        (
            #","limit":10001"#,
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000"
        ),
        (
            #","startTime":-1"#,
            "1 validation error detected: Value '-1' at 'startTime' failed to satisfy constraint: Member must have value greater than or equal to 0"
        ),
    ])
    func `refuses`(members: String, reason: String) async throws {
        let logs = try await bench()
        let fault = try await logs.fault(
            "GetLogEvents",
            #"{"logGroupName":"/ssm/console","logStreamName":"s"\#(members)}"#
        )
        #expect(fault == ServiceFault("InvalidParameterException", reason))
    }

    @Test func `refuses a token of another stream, and one a day old`() async throws {
        let logs = try await bench()
        try await logs.makeStream("other")
        let token = try token(try await get(logs), "nextForwardToken")
        let other = try await logs.fault(
            "GetLogEvents",
            #"{"logGroupName":"/ssm/console","logStreamName":"other","nextToken":"\#(token)"}"#
        )
        #expect(other?.message == "The specified nextToken is invalid.")
        logs.clock.advance(by: 24 * 60 * 60)
        let old = try await logs.fault(
            "GetLogEvents",
            #"{"logGroupName":"/ssm/console","logStreamName":"s","nextToken":"\#(token)"}"#
        )
        #expect(old?.message == "The specified nextToken is invalid.")
    }
}
