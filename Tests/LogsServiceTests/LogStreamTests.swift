import LogsService
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@Suite("A log stream")
struct LogStreamTests {
    private func names(_ logs: LogsBench, _ members: String) async throws -> [String] {
        var names: [String] = []
        var token = ""
        repeat {
            let page = try await logs.call(
                "DescribeLogStreams",
                #"{"logGroupName":"/ssm/console","limit":2\#(members)\#(token)}"#
            )
            names += page["logStreams"].items.compactMap { $0["logStreamName"].text }
            token = page["nextToken"].text.map { #","nextToken":"\#($0)""# } ?? ""
        } while !token.isEmpty
        return names
    }

    @Test func `is described with its events' times`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        let made = logs.now
        logs.clock.advance(by: 10)
        try await logs.put([(logs.now - 5, "a"), (logs.now - 3, "b")], "s")
        let page = try await logs.call(
            "DescribeLogStreams",
            #"{"logGroupIdentifier":"/ssm/console"}"#
        )
        let stream = page["logStreams"][0]
        #expect(
            stream["arn"].text
                == "arn:aws:logs:us-east-1:111122223333:log-group:/ssm/console:log-stream:s"
        )
        #expect(stream["creationTime"].number == made)
        #expect(stream["firstEventTimestamp"].number == logs.now - 5)
        #expect(stream["lastEventTimestamp"].number == logs.now - 3)
        #expect(stream["lastIngestionTime"].number == logs.now)
        #expect(stream["storedBytes"].number == 0)
        #expect(stream["uploadSequenceToken"].text != nil)
    }

    @Test func `is listed by name, by prefix and by its last event, both ways`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        for (name, age) in [("a", 5), ("b", 1), ("bb", 9), ("c", 0)] {
            try await logs.makeStream(name)
            if age > 0 { try await logs.put([(logs.now - Int64(age), "m")], name) }
        }
        #expect(try await names(logs, "") == ["a", "b", "bb", "c"])
        #expect(try await names(logs, #","descending":true"#) == ["c", "bb", "b", "a"])
        #expect(try await names(logs, #","logStreamNamePrefix":"b""#) == ["b", "bb"])
        #expect(try await names(logs, #","orderBy":"LastEventTime""#) == ["c", "bb", "a", "b"])
        #expect(
            try await names(logs, #","orderBy":"LastEventTime","descending":true"#)
                == ["b", "a", "bb", "c"]
        )
        // A newer event moves a stream, and leaves nothing at its old place.
        try await logs.put("m", "bb")
        #expect(
            try await names(logs, #","orderBy":"LastEventTime","descending":true"#)
                == ["bb", "b", "a", "c"]
        )
    }

    @Test func `cannot be listed by last event and prefix together`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        let fault = try await logs.fault(
            "DescribeLogStreams",
            #"{"logGroupName":"/ssm/console","orderBy":"LastEventTime","logStreamNamePrefix":"a"}"#
        )
        #expect(
            fault
                == ServiceFault(
                    "InvalidParameterException",
                    "Cannot order by LastEventTime with a logStreamNamePrefix."
                )
        )
    }

    @Test func `has a group that is named in one way`() async throws {
        let logs = try LogsBench()
        let both = try await logs.fault(
            "DescribeLogStreams",
            #"{"logGroupName":"g","logGroupIdentifier":"g"}"#
        )
        #expect(
            both
                == ServiceFault(
                    "ValidationException",
                    "LogGroup name and LogGroup ARN are mutually exclusive parameters."
                )
        )
        let none = try await logs.fault("DescribeLogStreams", "{}")
        #expect(none?.code == "InvalidParameterException")
    }

    @Test(arguments: ["a:b", "a*", ""])
    func `has no such name`(name: String) async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        let fault = try await logs.fault(
            "CreateLogStream",
            #"{"logGroupName":"/ssm/console","logStreamName":"\#(name)"}"#
        )
        #expect(fault?.code == "InvalidParameterException")
    }

    @Test func `is made once, and made again after deletion begins empty`() async throws {
        let logs = try LogsBench()
        try await logs.makeGroup()
        try await logs.makeStream("s")
        await #expect(
            throws: ServiceFault(
                "ResourceAlreadyExistsException",
                "The specified log stream already exists"
            )
        ) { try await logs.makeStream("s") }
        try await logs.put("old", "s")
        try await logs.call(
            "DeleteLogStream",
            #"{"logGroupName":"/ssm/console","logStreamName":"s"}"#
        )
        await #expect(
            throws: ServiceFault(
                "ResourceNotFoundException",
                "The specified log stream does not exist."
            )
        ) { try await logs.messages("s") }
        try await logs.makeStream("s")
        try await logs.put("new", "s")
        #expect(try await logs.messages("s") == ["new"])
        await logs.maintenance.step()
        #expect(try await logs.messages("s") == ["new"])
        #expect(try await logs.filter().compactMap { $0["message"].text } == ["new"])
    }
}
