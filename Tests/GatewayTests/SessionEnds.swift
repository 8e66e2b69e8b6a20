import FoundationEssentials
import Gateway
import NIOCore
import Sealing
import SessionWire
import Synchronization
import Vocabulary
import WebSocketTransport

/// A node's end of a session that answers what is typed in capitals, and ends when it reads `exit`.
final class ShoutingAgent: SessionEndDriver {
    struct State: SessionEndState {
        var machine: AgentSessionMachine
        var connections = 0
        var isFinished = false
    }

    private let state: Mutex<State>

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

    var isFinished: Bool { state.withLock { $0.isFinished } }

    func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    func answer(_ state: inout State, _ actions: [AgentSessionMachine.Action]) -> [[UInt8]] {
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
final class ListeningClient: SessionEndDriver {
    struct State: SessionEndState {
        var machine: ClientSessionMachine
        var connections = 0
        var output: [UInt8] = []
        var exitCode: Int32?
        var closed: String?
        var agreement: SessionAgreement?
    }

    private let state: Mutex<State>

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

    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var exitCode: Int32? { state.withLock { $0.exitCode } }
    var closed: String? { state.withLock { $0.closed } }
    var agreement: SessionAgreement? { state.withLock { $0.agreement } }

    func type(_ text: String, on connection: WebSocketConnection) async throws {
        let now = now
        let messages = state.withLock { state in
            answer(&state, state.machine.input(Array(text.utf8), now: now))
        }
        try await send(messages, to: connection)
    }

    func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    func answer(
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
