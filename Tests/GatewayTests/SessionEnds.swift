import FoundationEssentials
import Gateway
import NIOCore
import Sealing
import SessionWire
import Synchronization
import Vocabulary
import WebSocketTransport

/// A node's end of a session that answers what is typed in capitals, and ends when it reads `exit`.
final class ShoutingAgent: Sendable {
    private struct State {
        var machine: AgentSessionMachine
        /// Counts connections, so that the end of an older one is no news.
        var connections = 0
        var isFinished = false
    }

    private let state: Mutex<State>
    private let clock = SystemClock()

    init(bench: GatewayBench, kmsKeyID: String? = nil) {
        let machine = AgentSessionMachine(
            .init(
                sessionID: bench.session.description,
                instanceID: bench.node.description,
                agentVersion: "3.3.0.0",
                kmsKeyID: kmsKeyID
            ),
            entropy: bench.entropy
        )
        state = Mutex(State(machine: machine))
    }

    static let dataKey = Secret([UInt8](repeating: 9, count: 64))

    private var now: Int64 { Int64(clock.now().timeIntervalSince1970 * 1000) }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Drives the machine on this connection until it is closed.
    func run(on connection: WebSocketConnection) async throws {
        let now = now
        let (number, opening) = state.withLock { state in
            state.connections += 1
            return (state.connections, answer(&state, state.machine.connected(now: now)))
        }
        try await send(opening, to: connection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(20))
                    let now = self.now
                    try await self.send(
                        self.state.withLock { self.answer(&$0, $0.machine.tick(now: now)) },
                        to: connection
                    )
                }
            }
            for try await message in connection.inbound {
                guard case .binary(let frame) = message else { continue }
                let now = self.now
                let bytes = Array(frame.readableBytesView)
                try await send(
                    state.withLock { answer(&$0, $0.machine.received(bytes, now: now)) },
                    to: connection
                )
            }
            group.cancelAll()
        }
        state.withLock { if $0.connections == number { $0.machine.disconnected() } }
    }

    private func send(_ messages: [[UInt8]], to connection: WebSocketConnection) async throws {
        for message in messages { try await connection.send(.binary(ByteBuffer(bytes: message))) }
        if isFinished { await connection.close() }
    }

    /// What is to be sent, after everything else asked for is done.
    private func answer(_ state: inout State, _ actions: [AgentSessionMachine.Action]) -> [[UInt8]]
    {
        var messages: [[UInt8]] = []
        for action in actions {
            switch action {
            case .send(let bytes): messages.append(bytes)
            case .decryptDataKey:
                let next = state.machine.dataKeyDecrypted(Self.dataKey, now: now)
                messages += answer(&state, next)
            case .start:
                let next = state.machine.setAcceptsInput(true, now: now)
                messages += answer(&state, next)
            case .deliverInput(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                var next = state.machine.output(Array(text.uppercased().utf8), now: now)
                if text == "exit" { next += state.machine.finish(exitCode: 7, now: now) }
                messages += answer(&state, next)
            case .terminate:
                messages += answer(&state, state.machine.finish(exitCode: nil, now: now))
            case .finished, .fail: state.isFinished = true
            case .resize, .disconnectFromPort: break
            }
        }
        return messages
    }
}

/// A person's end of a session, which remembers what it was shown.
final class ListeningClient: Sendable {
    private struct State {
        var machine: ClientSessionMachine
        var connections = 0
        var output: [UInt8] = []
        var exitCode: Int32?
        var closed: String?
        var agreement: SessionAgreement?
    }

    private let state: Mutex<State>
    private let clock = SystemClock()

    init(bench: GatewayBench) {
        let machine = ClientSessionMachine(
            .init(
                sessionID: bench.session.description,
                targetID: bench.node.description,
                clientVersion: "1.2.707.0"
            ),
            entropy: bench.entropy
        )
        state = Mutex(State(machine: machine))
    }

    private var now: Int64 { Int64(clock.now().timeIntervalSince1970 * 1000) }

    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var exitCode: Int32? { state.withLock { $0.exitCode } }
    var closed: String? { state.withLock { $0.closed } }
    var agreement: SessionAgreement? { state.withLock { $0.agreement } }

    func type(_ text: String, on connection: WebSocketConnection) async throws {
        let now = now
        let messages = state.withLock { state in
            answer(&state, state.machine.input(Array(text.utf8), now: now))
        }
        for message in messages { try await connection.send(.binary(ByteBuffer(bytes: message))) }
    }

    /// Drives the machine on this connection until it is closed.
    func run(on connection: WebSocketConnection) async throws {
        let now = now
        let (number, opening) = state.withLock { state in
            state.connections += 1
            return (state.connections, answer(&state, state.machine.connected(now: now)))
        }
        try await send(opening, to: connection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(20))
                    let now = self.now
                    try await self.send(
                        self.state.withLock { self.answer(&$0, $0.machine.tick(now: now)) },
                        to: connection
                    )
                }
            }
            for try await message in connection.inbound {
                guard case .binary(let frame) = message else { continue }
                let now = self.now
                let bytes = Array(frame.readableBytesView)
                try await send(
                    state.withLock { answer(&$0, $0.machine.received(bytes, now: now)) },
                    to: connection
                )
            }
            group.cancelAll()
        }
        state.withLock { if $0.connections == number { $0.machine.disconnected() } }
    }

    private func send(_ messages: [[UInt8]], to connection: WebSocketConnection) async throws {
        for message in messages { try await connection.send(.binary(ByteBuffer(bytes: message))) }
    }

    private func answer(
        _ state: inout State,
        _ actions: [ClientSessionMachine.Action]
    ) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for action in actions {
            switch action {
            case .send(let bytes): messages.append(bytes)
            case .generateDataKey:
                let key = GeneratedDataKey(plaintext: ShoutingAgent.dataKey, ciphertext: [1])
                messages += answer(&state, state.machine.dataKeyGenerated(key, now: now))
            case .ready(let agreement): state.agreement = agreement
            case .deliverOutput(let bytes): state.output += bytes
            case .exit(let code): state.exitCode = code
            case .closed(let output): state.closed = output
            case .fail(let sentence): state.closed = sentence
            case .deliverErrorOutput, .portConnectionFailed: break
            }
        }
        return messages
    }
}

/// A number that one task raises and another one reads.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func increment() { count.withLock { $0 += 1 } }
}
