import AWSClient
import FoundationEssentials
import Logging
import NIOCore
import ServiceLifecycle
import SessionWire
import Synchronization
import Testing
import Vocabulary
import Waiting
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

    /// Runs an agent against a scripted server while `body` is the server, or stops it.
    private func withAgent(
        _ server: ScriptedServer,
        log: AgentLog = AgentLog(file: nil, standardError: false),
        _ body: @escaping @Sendable (ControlChannels, ServiceGroup) async throws -> Void
    ) async throws {
        let agent = Agent(
            identity: NodeIdentity(
                id: try NodeID(parsing: "mi-0123456789abcdef0"),
                region: try Region(parsing: "us-east-1")
            ),
            server: server,
            credentials: nil,
            environment: ["PATH": "/usr/bin:/bin"],
            log: log,
            clock: SystemClock(),
            entropy: SystemEntropy(),
            logTick: .milliseconds(20),
            grace: .milliseconds(100)
        )
        let service = ServiceGroup(
            services: [agent],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await service.run()
                return false
            }
            group.addTask {
                try await body(ControlChannels(stream: server.controlChannels), service)
                return true
            }
            while let isBody = try await group.next(), !isBody {}
            group.cancelAll()
        }
    }

    @Test func `reports a refused session until the report is acknowledged`() async throws {
        let server = ScriptedServer()
        try await withAgent(server) { channels, _ in
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
        try await withAgent(server) { channels, _ in
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
        try await withAgent(server) { channels, _ in
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

    @Test func `whose credentials are refused calls again when it has others`() async throws {
        let server = ScriptedServer()
        server.script.withLock { script in
            script.failures["CreateControlChannel"] = .expired
        }
        try await withAgent(server) { channels, _ in
            await server.untilCalled("awaitCredentials")
            server.script.withLock { $0.failures = [:] }
            server.credentials.ring()
            _ = try await channels.next()
        }
        let calls = server.script.withLock { $0.calls.filter { $0 != "UpdateInstanceInformation" } }
        #expect(calls == ["CreateControlChannel", "awaitCredentials", "CreateControlChannel"])
    }

    @Test func `that is stopped ends its sessions, tells why, and logs no loose ends`()
        async throws
    {
        try await withTemporaryDirectory { path in
            let server = ScriptedServer()
            let client = TestClient()
            let log = AgentLog(file: path + "/agent.log", standardError: false)
            try await withAgent(server, log: log) { channels, service in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run(server.dataChannels) }
                    var control = ControlEnd(try await channels.next())
                    try await control.send(.interactiveShell, start(document(), session: id))
                    await client.waitUntilReady()
                    await service.triggerGracefulShutdown()
                    let (report, reportID) = try #require(try await control.nextReport())
                    #expect(report.output == "The agent on the node was stopped.")
                    try await control.send(
                        .agentTaskAcknowledge,
                        AgentTaskAcknowledge(messageID: reportID, taskID: id, topic: "").json()
                    )
                    // The channel ends when the agent has.
                    #expect(try await control.nextReport() == nil)
                    group.cancelAll()
                }
            }
            let text = logText(path)
            #expect(text.contains("Stopping; 1 session is ended"))
            #expect(text.contains("[\(id)]"))
            #expect(text.hasSuffix("sekisho-agent stopped\n"), "\(text)")
            #expect(!text.contains("Cancellation") && !text.contains(" ERROR "), "\(text)")
        }
    }

    @Test func `that is stopped while its server is away says so and no more`() async throws {
        try await withTemporaryDirectory { path in
            let server = ScriptedServer()
            server.script.withLock { $0.failures["CreateControlChannel"] = .passing }
            let log = AgentLog(file: path + "/agent.log", standardError: false)
            try await withAgent(server, log: log) { _, service in
                await server.untilCalled("CreateControlChannel")
                await service.triggerGracefulShutdown()
                while !logText(path).contains("sekisho-agent stopped") { await Task.yield() }
            }
            let lines = logText(path).split(separator: "\n")
            #expect(lines.count { $0.contains("Setting up the control channel failed") } == 1)
            #expect(!logText(path).contains("Cancel"))
        }
    }

    private func logText(_ path: String) -> String {
        let bytes = FileManager.default.contents(atPath: path + "/agent.log") ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }
}
