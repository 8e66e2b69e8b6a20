import FoundationEssentials
import Logging
import NIOCore
import ServiceKit
import SessionWire
import Simulation
import Testing
import Vocabulary
import WebSocketTransport

@testable import Gateway

/// The connections that a gateway serves during a test.
typealias Serving = ThrowingTaskGroup<Void, any Error>

/// A gateway with its directory, and the connections a test makes to it.
struct GatewayBench: Sendable {
    let clock: ManualClock
    let entropy: SeededEntropy
    let directory: TestDirectory
    let registry: NodeRegistry
    let gateway: Gateway
    let scope: Scope
    let node: NodeID
    let session: SessionID

    /// Another server on the same directory.
    init(restarting bench: GatewayBench) {
        clock = bench.clock
        entropy = bench.entropy
        directory = bench.directory
        scope = bench.scope
        node = bench.node
        session = bench.session
        registry = NodeRegistry(clock: clock, entropy: entropy)
        gateway = Self.gateway(registry, directory, clock, entropy)
    }

    private static func gateway(
        _ registry: NodeRegistry,
        _ directory: TestDirectory,
        _ clock: ManualClock,
        _ entropy: SeededEntropy
    ) -> Gateway {
        Gateway(
            registry: registry,
            directory: directory,
            clock: clock,
            entropy: entropy,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    init() throws {
        clock = ManualClock()
        entropy = SeededEntropy()
        directory = TestDirectory()
        scope = Scope(
            account: try AccountID(parsing: "111122223333"),
            region: try Region(parsing: "us-east-1")
        )
        node = try NodeID(parsing: "mi-0123456789abcdef0")
        session = try SessionID(parsing: "alice-0123456789abcdef0")
        registry = NodeRegistry(clock: clock, entropy: entropy)
        gateway = Self.gateway(registry, directory, clock, entropy)
    }

    /// Runs a test around connections that are served meanwhile, and lets go of them at its end.
    func serving(_ body: (inout Serving) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await body(&group)
            group.cancelAll()
        }
    }

    func context(of node: NodeID) -> OperationContext {
        OperationContext(
            requestID: entropy.uuid(),
            scope: scope,
            principal: .assumedRole(
                RoleSession(
                    roleARN: scope.globalARN(service: "iam", resource: "role/Nodes"),
                    roleID: "AROA",
                    roleName: "Nodes",
                    sessionName: node.description,
                    service: "ssm.amazonaws.com"
                )
            ),
            operation: "ssmmessages:OpenControlChannel",
            receivedAt: clock.now()
        )
    }

    func relayed(idle: TimeInterval? = 1200) -> RelayedSession {
        RelayedSession(
            session: session,
            node: node,
            startedAt: clock.now(),
            idleTimeout: idle,
            maximumDuration: nil
        )
    }

    /// Opens a websocket, sends its first frame, and serves it in the group.
    func open(
        _ address: ChannelAddress,
        opening: ChannelOpening,
        query: String = "",
        signedBy node: NodeID?,
        in group: inout Serving
    ) async throws -> WebSocketConnection {
        let (mine, theirs) = WebSocketConnection.pair()
        let context = node.map(context(of:))
        group.addTask {
            await gateway.serve(
                path: address.path,
                query: query,
                connection: theirs,
                context: context
            )
        }
        try await mine.send(.text(opening.text))
        return mine
    }

    func openControl(in group: inout Serving) async throws -> WebSocketConnection {
        let token = await directory.issue(.control(node))
        return try await open(
            .control(node),
            opening: .control(token: token, agentVersion: "3.3.0.0", entropy: entropy),
            signedBy: node,
            in: &group
        )
    }

    func openAgent(in group: inout Serving) async throws -> WebSocketConnection {
        let token = await directory.issue(.node(session, node))
        return try await open(
            .data(session),
            opening: .agentData(token: token, instanceID: node.description, entropy: entropy),
            signedBy: node,
            in: &group
        )
    }

    func openClient(in group: inout Serving) async throws -> WebSocketConnection {
        let token = await directory.issue(.client(session))
        let target = ChannelAddress.clientTarget(session, in: scope)
        return try await open(
            .data(session),
            opening: .clientData(
                token: token,
                clientID: entropy.uuid(),
                clientVersion: "1.2.707.0",
                entropy: entropy
            ),
            query: String(target.drop { $0 != "?" }.dropFirst()),
            signedBy: nil,
            in: &group
        )
    }

    /// Whether the gateway has taken this end in.
    func isAttached(_ side: RelayMachine.Side) -> Bool {
        let key = NodeRegistry.SessionKey(session: session, scope: scope)
        return registry.decide(key) { relay, _ in relay.connection(side) != nil } ?? false
    }

    /// Both ends, the node's first.
    func openBoth(
        in group: inout Serving
    ) async throws -> (agent: WebSocketConnection, client: WebSocketConnection) {
        let agent = try await openAgent(in: &group)
        try #require(await eventually { isAttached(.agent) })
        let client = try await openClient(in: &group)
        #expect(try await agent.next()?.type == .startPublication)
        return (agent, client)
    }

    /// The end of the session that the directory has refused so far.
    var unrecordedEnd: SessionEnd? {
        registry.unrecordedEnd(NodeRegistry.SessionKey(session: session, scope: scope))
    }

    /// The node's report of the session's end.
    func completion(_ status: SessionEnd.Status) -> AgentMessage {
        let complete = AgentTaskComplete(
            taskID: session.description,
            finalTaskStatus: status == .failed ? "Failed" : "Success",
            instanceID: node.description
        )
        return message(.agentTaskComplete, 0, .none, complete.json())
    }

    /// Sends the client, which does not read, more than it can have waiting.
    func fill(
        _ client: WebSocketConnection,
        from agent: WebSocketConnection,
        in group: inout Serving
    ) async throws {
        let sent = Counter()
        group.addTask {
            for number in Int64(0)..<1000 {
                let payload = [UInt8](repeating: 65, count: 16_384)
                try await agent.send(message(.outputStreamData, number, .output, payload))
                sent.increment()
            }
        }
        var last = -1
        let isFull = await eventually {
            try? await Task.sleep(for: .milliseconds(50))
            defer { last = sent.value }
            return sent.value > 0 && sent.value == last
        }
        try #require(isFull)
        #expect(sent.value < 500)
    }

    func message(
        _ type: MessageType,
        _ number: Int64 = 0,
        _ payloadType: PayloadType = .none,
        _ payload: [UInt8]
    ) -> AgentMessage {
        AgentMessage(
            type: type,
            createdDate: 1,
            sequenceNumber: number,
            id: MessageID(entropy: entropy),
            payloadType: payloadType,
            payload: payload
        )
    }
}

extension WebSocketConnection {
    func send(_ message: AgentMessage) async throws {
        try await send(.binary(ByteBuffer(bytes: message.encoded())))
    }

    /// The next binary message, nil when the connection is closed.
    func next() async throws -> AgentMessage? {
        var iterator = inbound.makeAsyncIterator()
        guard case .binary(let frame) = try await iterator.next() else { return nil }
        return try AgentMessage(parsing: Array(frame.readableBytesView))
    }
}

/// Waits until something holds; false when it does not within ten seconds.
func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<2000 {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return false
}
