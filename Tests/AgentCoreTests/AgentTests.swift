import FoundationEssentials
import NIOCore
import ServiceLifecycle
import SessionWire
import Synchronization
import Testing
import Vocabulary
import WebSocketTransport

@testable import AgentCore

/// The server's end of a control channel, as a test drives it.
private struct ControlEnd {
    let connection: WebSocketConnection
    var inbound: WebSocketInbound.Iterator

    init(_ connection: WebSocketConnection) {
        self.connection = connection
        inbound = connection.inbound.makeAsyncIterator()
    }

    func send(_ type: MessageType, _ payload: [UInt8]) async throws {
        let message = AgentMessage(
            type: type,
            createdDate: 1,
            id: MessageID(entropy: SystemEntropy()),
            payload: payload
        )
        try await connection.send(.binary(ByteBuffer(bytes: message.encoded())))
    }

    mutating func nextReport() async throws -> (AgentTaskComplete, MessageID)? {
        while case .binary(let bytes)? = try await inbound.next() {
            let message = try AgentMessage(parsing: Array(bytes.readableBytesView))
            if message.type == .agentTaskComplete,
                let report = AgentTaskComplete(json: message.payload)
            {
                return (report, message.id)
            }
        }
        return nil
    }
}

/// The control channels that the node opens, one after the other.
private struct ControlChannels: Sendable {
    let stream: AsyncStream<WebSocketConnection>

    func next() async throws -> WebSocketConnection {
        for await channel in stream { return channel }
        throw CancellationError()
    }
}

@Suite("The agent", .timeLimit(.minutes(1)))
struct AgentTests {
    private let id = "alice-6217a8df86ba49059"

    private func start(_ document: JSONValue, session: String) -> [UInt8] {
        let task = AgentTask(documentName: nil, documentContent: document, sessionID: session)
        return InteractiveShell(
            content: String(decoding: task.json(), as: UTF8.self),
            taskID: session
        ).json()
    }

    /// Runs an agent against a scripted server while `body` is the server.
    private func withAgent(
        _ server: ScriptedServer,
        _ body: @escaping @Sendable (ControlChannels) async throws -> Void
    ) async throws {
        let agent = Agent(
            identity: NodeIdentity(
                id: try NodeID(parsing: "mi-0123456789abcdef0"),
                region: try Region(parsing: "us-east-1")
            ),
            server: server,
            credentials: nil,
            environment: ["PATH": "/usr/bin:/bin"],
            log: AgentLog(file: nil, standardError: false),
            clock: SystemClock(),
            entropy: SystemEntropy(),
            logTick: .milliseconds(20),
            grace: .milliseconds(100)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            group.addTask {
                try await body(ControlChannels(stream: server.controlChannels))
            }
            try await group.next()
            group.cancelAll()
        }
    }

    @Test func `reports a refused session until the report is acknowledged`() async throws {
        let server = ScriptedServer()
        try await withAgent(server) { channels in
            var control = ControlEnd(try await channels.next())
            try await control.send(.interactiveShell, start(document(type: "Port"), session: id))
            let (first, firstID) = try #require(try await control.nextReport())
            let (second, secondID) = try #require(try await control.nextReport())
            #expect(first.taskID == id)
            #expect(first.finalTaskStatus == "Failed")
            #expect(first.output.contains("Port"))
            #expect(firstID == secondID)
            #expect([first.retryNumber, second.retryNumber] == [1, 2])
            // A new channel brings it at once.
            await control.connection.close()
            var next = ControlEnd(try await channels.next())
            let (third, _) = try #require(try await next.nextReport())
            #expect(third.retryNumber == 3)
        }
    }

    @Test func `what is malformed or unknown on the control channel does not hurt it`() async throws
    {
        let server = ScriptedServer()
        try await withAgent(server) { channels in
            var control = ControlEnd(try await channels.next())
            try await control.connection.send(.text("nonsense"))
            try await control.connection.send(.binary(ByteBuffer(bytes: [0, 1, 2])))
            try await control.send(.interactiveShell, Array("{}".utf8))
            try await control.send(.interactiveShell, start(document(), session: "../../etc"))
            try await control.send(.channelClosed, Array("{\"SessionId\":\"no\"}".utf8))
            try await control.send(.unknown("agent_job"), Array("{}".utf8))
            try await control.send(.interactiveShell, start(document(schema: "9"), session: id))
            let (report, _) = try #require(try await control.nextReport())
            #expect(report.taskID == id)
        }
    }

    @Test func `runs a session, ignores it again, and ends it when the server says so`()
        async throws
    {
        let server = ScriptedServer()
        let client = TestClient()
        try await withAgent(server) { channels in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await client.run(server.dataChannels) }
                var control = ControlEnd(try await channels.next())
                try await control.send(.interactiveShell, start(document(), session: id))
                await client.waitUntilReady()
                try await control.send(.interactiveShell, start(document(), session: id))
                await client.type("echo he''re\n")
                await client.waitFor("here")
                let closed = ChannelClosed(
                    messageID: MessageID(entropy: SystemEntropy()),
                    createdDate: "",
                    destinationID: "",
                    sessionID: id,
                    output: ""
                )
                try await control.send(.channelClosed, closed.json())
                let (report, reportID) = try #require(try await control.nextReport())
                #expect(report.finalTaskStatus == "Success")
                try await control.send(
                    .agentTaskAcknowledge,
                    AgentTaskAcknowledge(messageID: reportID, taskID: id, topic: "").json()
                )
                #expect(
                    server.script.withLock { $0.calls.count { $0 == "CreateDataChannel" } } == 1
                )
                group.cancelAll()
            }
        }
    }
}
