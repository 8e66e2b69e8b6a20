import LogsService
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@Suite("PutLogEvents")
struct PutLogEventsTests {
    private func bench() async throws -> LogsBench {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        return logs
    }

    private static let hour: Int64 = 60 * 60 * 1000
    private static let day: Int64 = 24 * hour

    @Test func `keeps what it answered for`() async throws {
        let logs = try await bench()
        let answer = try await logs.put([(logs.now - 1, "one"), (logs.now, "zwei ✓")], "s")
        #expect(answer["nextSequenceToken"].text?.utf8.count == 56)
        #expect(answer.members == ["nextSequenceToken"])
        #expect(try await logs.messages("s") == ["one", "zwei ✓"])
    }

    @Test func `refuses events that are not in the order of time`() async throws {
        let logs = try await bench()
        await #expect(
            throws: ServiceFault(
                "InvalidParameterException",
                "Log events in a single PutLogEvents request must be in chronological order."
            )
        ) { try await logs.put([(logs.now, "a"), (logs.now - 1, "b")], "s") }
    }

    @Test func `refuses a span of more than a day, and takes one of a day`() async throws {
        let logs = try await bench()
        try await logs.put([(logs.now - Self.day, "a"), (logs.now, "b")], "s")
        await #expect(
            throws: ServiceFault(
                "InvalidParameterException",
                "The batch of log events in a single PutLogEvents request cannot span more than "
                    + "24 hours."
            )
        ) { try await logs.put([(logs.now - Self.day - 1, "a"), (logs.now, "b")], "s") }
    }

    @Test func `leaves out what is too old and too new, and says so with status 200`() async throws
    {
        let logs = try await bench()
        let answer = try await logs.put(
            [
                (logs.now - 14 * Self.day - 1, "too old"), (logs.now, "right"),
                (logs.now + 2 * Self.hour, "just right"), (logs.now + 2 * Self.hour + 1, "too new"),
            ],
            "s"
        )
        let rejected = answer["rejectedLogEventsInfo"]
        #expect(rejected["tooOldLogEventEndIndex"].number == 1)
        #expect(rejected["tooNewLogEventStartIndex"].number == 3)
        #expect(rejected["expiredLogEventEndIndex"] == .null)
        #expect(answer["nextSequenceToken"].text != nil)
        #expect(try await logs.messages("s") == ["right", "just right"])
    }

    @Test func `stores nothing when everything is left out`() async throws {
        let logs = try await bench()
        let answer = try await logs.put([(1, "ancient")], "s")
        #expect(answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"].number == 1)
        #expect(try await logs.messages("s") == [])
    }

    @Test func `leaves out what the group's retention would delete`() async throws {
        let logs = try await bench()
        try await logs.call(
            "PutRetentionPolicy",
            #"{"logGroupName":"/ssm/console","retentionInDays":1}"#
        )
        let answer = try await logs.put(
            [
                (logs.now - 15 * Self.day, "too old"), (logs.now - 2 * Self.day, "expired"),
                (logs.now, "kept"),
            ],
            "s"
        )
        #expect(answer["rejectedLogEventsInfo"]["tooOldLogEventEndIndex"].number == 1)
        #expect(answer["rejectedLogEventsInfo"]["expiredLogEventEndIndex"].number == 2)
        #expect(try await logs.messages("s") == ["kept"])
    }

    @Test func `takes an event and a batch of exactly 1 MiB, and no byte more`() async throws {
        let logs = try await bench()
        let largest = String(repeating: "x", count: 1_048_576 - 26)
        try await logs.put(largest, "s")
        await #expect(
            throws: ServiceFault(
                "InvalidParameterException",
                "Log event too large: 1048577 bytes exceeds limit of 1048576"
            )
        ) { try await logs.put(largest + "x", "s") }
        let half = String(repeating: "y", count: 524_288 - 26)
        try await logs.put([(logs.now, half), (logs.now, half)], "s")
        await #expect(
            throws: ServiceFault(
                "InvalidParameterException",
                "Upload too large: 1048577 bytes exceeds limit of 1048576"
            )
        ) { try await logs.put([(logs.now, half), (logs.now, half + "y")], "s") }
        #expect(try await logs.messages("s") == [largest, half, half])
    }

    @Test func `takes 10000 events and no more`() async throws {
        let logs = try await bench()
        try await logs.put((0..<10_000).map { (logs.now, "\($0)") }, "s")
        #expect(try await logs.messages("s") == (0..<10_000).map(String.init))
        await #expect(throws: ServiceFault.self) {
            try await logs.put((0..<10_001).map { (logs.now, "\($0)") }, "s")
        }
    }

    @Test(arguments: [
        (
            #"[]"#,
            "Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1"
        ),
        (
            #"[{"timestamp":1}]"#,
            "Value null at 'logEvents.1.member.message' failed to satisfy constraint: Member must not be null"
        ),
        (
            #"[{"message":"m"}]"#,
            "Value null at 'logEvents.1.member.timestamp' failed to satisfy constraint: Member must not be null"
        ),
        (
            #"[{"timestamp":1,"message":""}]"#,
            "Value '' at 'logEvents.1.member.message' failed to satisfy constraint: Member must have length greater than or equal to 1"
        ),
        (
            #"[{"timestamp":-1,"message":"m"}]"#,
            "Value '-1' at 'logEvents.1.member.timestamp' failed to satisfy constraint: Member must have value greater than or equal to 0"
        ),
    ])
    func `refuses malformed events by name`(events: String, reason: String) async throws {
        let logs = try await bench()
        let fault = try await logs.fault(
            "PutLogEvents",
            #"{"logGroupName":"/ssm/console","logStreamName":"s","logEvents":\#(events)}"#
        )
        #expect(fault?.code == "InvalidParameterException")
        #expect(fault?.message == "1 validation error detected: " + reason)
    }

    @Test func `ignores sequence tokens and reports entities as rejected`() async throws {
        let logs = try await bench()
        let answer = try await logs.call(
            "PutLogEvents",
            #"{"logGroupName":"/ssm/console","logStreamName":"s","sequenceToken":"anything","#
                + #""entity":{"keyAttributes":{"Type":"Service"}},"#
                + #""logEvents":[{"timestamp":\#(logs.now),"message":"m"}]}"#
        )
        #expect(answer["rejectedEntityInfo"]["errorType"].text == "UnsupportedLogGroupType")
        #expect(try await logs.messages("s") == ["m"])
    }

    @Test func `refuses a stream that is not there`() async throws {
        let logs = try await bench()
        await #expect(
            throws: ServiceFault(
                "ResourceNotFoundException",
                "The specified log stream does not exist."
            )
        ) { try await logs.put("m", "other") }
    }

    @Test func `by many writers to one stream at once loses and doubles nothing`() async throws {
        let logs = try await bench()
        // A second process on the same storage, so that lanes do not help and transactions must decide.
        let other = try logs.restarted()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                let server = writer.isMultiple(of: 2) ? logs : other
                group.addTask {
                    for index in 0..<10 {
                        // A server that lost too many races says so; its client sends again.
                        while true {
                            do {
                                try await server.put("\(writer)-\(index)", "s")
                                break
                            } catch let fault as ServiceFault {
                                try #require(fault.code == "OperationAbortedException")
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let messages = try await logs.messages("s")
        #expect(messages.count == 80)
        #expect(Set(messages).count == 80)
        for writer in 0..<8 {
            let own = messages.filter { $0.hasPrefix("\(writer)-") }
            #expect(own == (0..<10).map { "\(writer)-\($0)" })
        }
    }
}
