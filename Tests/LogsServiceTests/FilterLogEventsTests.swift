import LogsService
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@Suite("FilterLogEvents")
struct FilterLogEventsTests {
    private func bench() async throws -> LogsBench {
        let logs = try LogsBench()
        try await logs.makeGroup()
        for stream in ["alice-1", "alice-1.cast", "bob-2"] { try await logs.makeStream(stream) }
        let now = logs.now
        try await logs.put([(now, "sudo su"), (now + 20, "ls /")], "alice-1")
        try await logs.put([(now + 10, "ERROR 401"), (now + 20, "sudoedit")], "bob-2")
        try await logs.put([(now + 5, "sudo typed")], "alice-1.cast")
        return logs
    }

    private func messages(_ events: [JSON]) -> [String] { events.compactMap { $0["message"].text } }

    @Test func `interleaves all streams by event time, recordings left out`() async throws {
        let logs = try await bench()
        let events = try await logs.filter()
        #expect(messages(events).sorted() == ["ERROR 401", "ls /", "sudo su", "sudoedit"])
        #expect(messages(events).prefix(2) == ["sudo su", "ERROR 401"])
        #expect(
            events[0].members
                == ["logStreamName", "timestamp", "message", "ingestionTime", "eventId"]
        )
        let ids = events.compactMap { $0["eventId"].text }
        #expect(ids.allSatisfy { $0.utf8.count == 56 })
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 4)
        #expect(try await logs.filter().compactMap { $0["eventId"].text } == ids)
    }

    @Test func `finds recordings when they are named`() async throws {
        let logs = try await bench()
        #expect(
            messages(try await logs.filter(#""logStreamNames":["alice-1.cast"]"#)) == ["sudo typed"]
        )
        #expect(
            messages(try await logs.filter(#""logStreamNamePrefix":"alice-1.cast""#))
                == ["sudo typed"]
        )
        #expect(
            messages(try await logs.filter(#""logStreamNamePrefix":"alice""#))
                == ["sudo su", "ls /"]
        )
    }

    @Test(arguments: [
        (#"sudo"#, ["sudo su"]),
        (#"\"ERROR 401\""#, ["ERROR 401"]),
        (#"%sudo%"#, ["sudo su", "sudoedit"]),
        (#"?ls ?ERROR"#, ["ERROR 401", "ls /"]),
        (#"nothing"#, []),
    ])
    func `finds what the pattern asks for`(pattern: String, expected: [String]) async throws {
        let logs = try await bench()
        #expect(messages(try await logs.filter(#""filterPattern":"\#(pattern)""#)) == expected)
    }

    @Test(arguments: [
        (#"{ $.a = 1 }"#, "Invalid filter pattern: JSON patterns ({ … }) are not supported yet."),
        (
            #" [a, b]"#,
            "Invalid filter pattern: space-delimited patterns ([ … ]) are not supported yet."
        ),
        (
            #"user-agent"#,
            "Invalid filter pattern: the term 'user-agent' must stand in quotation marks."
        ),
    ])
    func `refuses by name`(pattern: String, reason: String) async throws {
        let logs = try await bench()
        let fault = try await logs.fault(
            "FilterLogEvents",
            #"{"logGroupName":"/ssm/console","filterPattern":"\#(pattern)"}"#
        )
        #expect(fault == ServiceFault("InvalidParameterException", reason))
    }

    @Test func `takes both ends of a time range in`() async throws {
        let logs = try await bench()
        let events = try await logs.filter(
            #""startTime":\#(logs.now + 10),"endTime":\#(logs.now + 20)"#
        )
        #expect(messages(events).sorted() == ["ERROR 401", "ls /", "sudoedit"])
    }

    @Test func `pages within named streams and within the group`() async throws {
        let logs = try await bench()
        for members in [#""limit":1"#, #""limit":1,"logStreamNames":["bob-2","alice-1"]"#] {
            let events = try await logs.filter(members)
            #expect(Set(messages(events)) == ["sudo su", "ERROR 401", "ls /", "sudoedit"])
            #expect(events.count == 4)
        }
    }

    @Test func `answers with a token when it has opened much for little`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        let big = String(repeating: "x", count: 1_000_000)
        for _ in 0..<20 {
            logs.clock.advance(by: 1)
            try await logs.put(big, "s")
        }
        logs.clock.advance(by: 1)
        try await logs.put("needle", "s")
        let first = try await logs.call(
            "FilterLogEvents",
            #"{"logGroupName":"/ssm/console","filterPattern":"needle"}"#
        )
        #expect(first["events"].items == [])
        #expect(first["nextToken"].text != nil)
        #expect(messages(try await logs.filter(#""filterPattern":"needle""#)) == ["needle"])
    }

    @Test(arguments: [
        (#""logStreamNames":["bob-2"],"logStreamNamePrefix":"a""#, "InvalidParameterException"),
        (#""logStreamNames":[]"#, "InvalidParameterException"),
        (#""limit":0"#, "InvalidParameterException"),
        (#""nextToken":"x""#, "InvalidParameterException"),
        (#""logStreamNames":["nobody"]"#, "ResourceNotFoundException"),
        (#""logGroupIdentifier":"g""#, "ValidationException"),
    ])
    func `refuses`(members: String, code: String) async throws {
        let logs = try await bench()
        let fault = try await logs.fault(
            "FilterLogEvents",
            #"{"logGroupName":"/ssm/console",\#(members)}"#
        )
        #expect(fault?.code == code)
    }

    @Test func `refuses a token for another pattern`() async throws {
        let logs = try await bench()
        let page = try await logs.call(
            "FilterLogEvents",
            #"{"logGroupName":"/ssm/console","limit":1}"#
        )
        let token = try #require(page["nextToken"].text)
        let fault = try await logs.fault(
            "FilterLogEvents",
            #"{"logGroupName":"/ssm/console","filterPattern":"sudo","nextToken":"\#(token)"}"#
        )
        #expect(fault?.message == "The specified nextToken is invalid.")
    }
}
