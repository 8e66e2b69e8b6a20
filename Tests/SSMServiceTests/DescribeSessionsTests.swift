import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("Listing sessions")
struct DescribeSessionsTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func ids(
        _ state: String,
        _ filters: [(String, String)] = []
    ) async throws -> [String] {
        var input: [String: JSONValue] = ["State": .string(state)]
        if !filters.isEmpty {
            input["Filters"] = .array(
                filters.map { ["key": .string($0.0), "value": .string($0.1)] }
            )
        }
        return try await bench.call("DescribeSessions", .object(input))["Sessions"]?
            .elements.compactMap { $0["SessionId"]?.string } ?? []
    }

    @Test func `shows what is known of a session that runs`() async throws {
        let node = try await bench.connectedNode()
        try await bench.prefer(["maxSessionDuration": "90"])
        let session = try await bench.start(node, ["Reason": "Ticket 7"])
        let output = try await bench.call("DescribeSessions", ["State": "Active"])
        let now = Int64(bench.bench.clock.now().timeIntervalSince1970)
        #expect(
            output["Sessions"] == [
                [
                    "SessionId": .string(session.description),
                    "Target": .string(node.description), "Status": "Connecting",
                    "StartDate": .integer(now), "DocumentName": "SSM-SessionManagerRunShell",
                    "Owner": "arn:aws:iam::111122223333:user/alice", "Reason": "Ticket 7",
                    "MaxSessionDuration": "90", "AccessType": "Standard",
                ]
            ]
        )
    }

    @Test func `active and ended ones apart, the newest first`() async throws {
        let node = try await bench.connectedNode()
        var sessions: [String] = []
        for _ in 0..<4 {
            sessions.append(try await bench.start(node).description)
            bench.bench.clock.advance(by: 1)
        }
        for ended in [sessions[2], sessions[0]] {
            try await bench.service.ended(
                try SessionID(parsing: ended),
                SessionEnd(status: .terminated),
                in: bench.scope
            )
        }
        #expect(try await ids("Active") == [sessions[3], sessions[1]])
        #expect(try await ids("History") == [sessions[2], sessions[0]])
    }

    @Test func `by each filter`() async throws {
        let web = try await bench.connectedNode()
        let database = try await bench.connectedNode(key: .second)
        let first = try await bench.start(web)
        bench.bench.clock.advance(by: 60)
        let second = try await bench.start(database)
        try await bench.service.connected(second, in: bench.scope)
        // The clock of a test starts at 2026-01-02T03:04:05Z.
        let cases: [([(String, String)], [SessionID])] = [
            ([("Target", web.description)], [first]),
            ([("Owner", "arn:aws:iam::111122223333:user/alice")], [second, first]),
            ([("Owner", "arn:aws:iam::111122223333:user/bob")], []),
            ([("Status", "Connected")], [second]),
            ([("SessionId", first.description)], [first]),
            ([("InvokedAfter", "2026-01-02T03:04:30Z")], [second]),
            ([("InvokedBefore", "2026-01-02T03:04:30Z")], [first]),
            ([("InvokedAfter", "2026-01-02T03:05:05.000Z")], [second]),
            ([("InvokedBefore", "2026-01-02T03:05:05Z")], [first]),
            ([("AccessType", "Standard")], [second, first]),
            ([("AccessType", "JustInTime")], []),
            ([("Target", web.description), ("Status", "Connected")], []),
        ]
        for (filters, expected) in cases {
            #expect(try await ids("Active", filters) == expected.map(\.description), "\(filters)")
        }
    }

    @Test(
        arguments: [
            (["State": .null], "ValidationException"), (["State": "Old"], "ValidationException"),
            (["MaxResults": 0], "ValidationException"),
            (["MaxResults": 201], "ValidationException"),
            (["Filters": []], "ValidationException"),
            (["Filters": [["key": "Colour", "value": "red"]]], "InvalidFilterKey"),
            (["Filters": [["key": "InvokedAfter", "value": "noon"]]], "ValidationException"),
            (["Filters": [["key": "Target"]]], "ValidationException"),
            (["NextToken": "AAAA"], "InvalidNextToken"),
        ] as [([String: JSONValue], String)]
    )
    func `is refused when the question makes no sense`(
        change: [String: JSONValue],
        code: String
    ) async throws {
        let base: [String: JSONValue] = ["State": "Active"]
        let input = JSONValue.object(base.merging(change) { $1 })
        #expect(try await bench.fault("DescribeSessions", input).code == code)
    }

    @Test func `in pages that hold each once, while others start`() async throws {
        let node = try await bench.connectedNode()
        var started: Set<String> = []
        for _ in 0..<5 { started.insert(try await bench.start(node).description) }
        var seen: [String] = []
        var token: JSONValue = .null
        repeat {
            let page = try await bench.call(
                "DescribeSessions",
                ["State": "Active", "MaxResults": 2, "NextToken": token]
            )
            seen += page["Sessions"]?.elements.compactMap { $0["SessionId"]?.string } ?? []
            token = page["NextToken"] ?? .null
            bench.bench.clock.advance(by: 1)
            _ = try await bench.start(node)
        } while token != .null
        #expect(seen.count == 5)
        #expect(Set(seen) == started)
    }

    @Test func `a history of 30 days`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        try await bench.service.ended(
            session,
            SessionEnd(status: .terminated),
            in: bench.scope
        )
        bench.bench.clock.advance(by: 30 * 24 * 60 * 60)
        #expect(try await ids("History") == [session.description])
        try await bench.service.maintain(in: bench.scope)
        #expect(try await bench.service.session(session, in: bench.scope) != nil)
        bench.bench.clock.advance(by: 1)
        #expect(try await ids("History") == [])
        try await bench.service.maintain(in: bench.scope)
        #expect(try await bench.service.session(session, in: bench.scope) == nil)
        let left = try await bench.bench.store.range(
            .endedSessions(bench.scope),
            as: String.self,
            limit: 10
        )
        #expect(left.isEmpty)
    }
}

@Suite("Maintenance of sessions")
struct SessionMaintenanceTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func record(
        _ state: SessionState,
        changed: Double,
        started: Double = 0,
        maximum: Int? = nil
    ) -> SessionRecord {
        let now = bench.bench.clock.now()
        return SessionRecord(
            id: "alice-0123456789abcdef0",
            node: "mi-0123456789abcdef0",
            owner: "",
            ownerID: "",
            documentName: "",
            started: now.addingTimeInterval(-started),
            state: state,
            changed: now.addingTimeInterval(-changed),
            idleTimeoutMinutes: 20,
            maxDurationMinutes: maximum
        )
    }

    @Test(
        arguments: [
            (.created, 300, 300, nil, false), (.created, 301, 301, nil, true),
            (.terminating, 300, 900, nil, false), (.terminating, 301, 900, nil, true),
            (.disconnected, 1200, 1200, nil, false), (.disconnected, 1201, 1201, nil, true),
            (.connected, 99999, 99999, nil, false), (.connected, 1, 900, 10, false),
            (.connected, 1, 901, 10, true),
        ] as [(SessionState, Double, Double, Int?, Bool)]
    )
    func `ends what the gateway lost sight of`(
        state: SessionState,
        changed: Double,
        started: Double,
        maximum: Int?,
        isOverdue: Bool
    ) {
        let record = record(state, changed: changed, started: started, maximum: maximum)
        #expect((record.overdue(at: bench.bench.clock.now()) != nil) == isOverdue)
    }

    @Test func `tells both sides of what it ends, and does so once`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        bench.bench.clock.advance(by: 301)
        try await bench.service.maintain(in: bench.scope)
        try await bench.service.maintain(in: bench.scope)
        #expect(try await bench.state(of: session) == .terminated)
        #expect(
            bench.gateway.closed == [
                .init(session: session.description, output: "Nobody attached to the session.")
            ]
        )
    }

    @Test(arguments: [false, true])
    func `an end that the gateway decided stands, whether or not the node reports it`(
        _ isReported: Bool
    ) async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        let lost = SessionEnd(status: .failed, output: "The connection to the node was lost.")
        try await bench.service.ending(session, lost, in: bench.scope)
        #expect(try await bench.state(of: session) == .terminating)
        // Nobody else remembers the end: the server starts again.
        try await bench.service.maintenance.prepare()
        if isReported {
            let report = SessionEnd(status: .terminated, logGroup: "G", logStream: "S")
            try await bench.service.ended(session, report, in: bench.scope)
        } else {
            bench.bench.clock.advance(by: 301)
            await bench.service.maintenance.step()
        }
        let record = try #require(try await bench.service.session(session, in: bench.scope)?.value)
        #expect(record.state == .failed)
        #expect(record.details == lost.output)
        #expect(record.logGroup == (isReported ? "G" : nil))
    }

    @Test func `after a restart sessions go on if their ends come back, and end if not`()
        async throws
    {
        let node = try await bench.connectedNode()
        let resumed = try await bench.start(node)
        let abandoned = try await bench.start(node)
        for session in [resumed, abandoned] {
            try await bench.service.connected(session, in: bench.scope)
        }
        bench.bench.clock.advance(by: 99999)
        try await bench.service.maintenance.prepare()
        #expect(try await bench.state(of: resumed) == .disconnected)
        try await bench.service.connected(resumed, in: bench.scope)
        bench.bench.clock.advance(by: 20 * 60 + 1)
        await bench.service.maintenance.step()
        #expect(try await bench.state(of: resumed) == .connected)
        #expect(try await bench.state(of: abandoned) == .terminated)
    }

    @Test func `handles more sessions than one batch`() async throws {
        let node = try await bench.connectedNode()
        for _ in 0..<230 { _ = try await bench.start(node) }
        bench.bench.clock.advance(by: 301)
        try await bench.service.maintain(in: bench.scope)
        #expect(bench.gateway.closed.count == 230)
        bench.bench.clock.advance(by: 31 * 24 * 60 * 60)
        try await bench.service.maintain(in: bench.scope)
        let left = try await bench.bench.store.range(
            .endedSessions(bench.scope),
            as: String.self,
            limit: 10
        )
        #expect(left.isEmpty)
    }
}
