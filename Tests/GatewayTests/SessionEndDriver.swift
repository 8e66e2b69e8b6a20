import FoundationEssentials
import NIOCore
import SessionWire
import Vocabulary
import WebSocketTransport

/// The machine of one end of a session, as far as its driver cares.
protocol SessionEndMachine: Sendable {
    associatedtype Action: Sendable

    mutating func connected(now: Int64) -> [Action]
    mutating func disconnected()
    mutating func received(_ bytes: [UInt8], now: Int64) -> [Action]
    mutating func tick(now: Int64) -> [Action]
}

extension AgentSessionMachine: SessionEndMachine {}
extension ClientSessionMachine: SessionEndMachine {}

/// What an end holds under its lock.
protocol SessionEndState: Sendable {
    associatedtype Machine: SessionEndMachine

    var machine: Machine { get set }
    /// Counts connections, so that the end of an older one is no news.
    var connections: Int { get set }
    /// Whether the end has nothing more to say, and leaves.
    var isFinished: Bool { get }
}

extension SessionEndState {
    var isFinished: Bool { false }
}

/// Drives an end's machine on one connection after another.
protocol SessionEndDriver: AnyObject, Sendable {
    associatedtype State: SessionEndState

    func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result

    /// What is to be sent, after everything else asked for is done.
    func answer(_ state: inout State, _ actions: [State.Machine.Action]) -> [[UInt8]]
}

extension SessionEndDriver {
    var now: Int64 { Int64(SystemClock().now().timeIntervalSince1970 * 1000) }

    /// Drives the machine on this connection until it is closed.
    func run(on connection: WebSocketConnection) async throws {
        let (number, opening) = decide { state, now in
            state.connections += 1
            return (state.connections, answer(&state, state.machine.connected(now: now)))
        }
        try await send(opening, to: connection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(20))
                    let due = self.decide { self.answer(&$0, $0.machine.tick(now: $1)) }
                    try await self.send(due, to: connection)
                }
            }
            for try await message in connection.inbound {
                guard case .binary(let frame) = message else { continue }
                let bytes = Array(frame.readableBytesView)
                let answers = decide { answer(&$0, $0.machine.received(bytes, now: $1)) }
                try await send(answers, to: connection)
            }
            group.cancelAll()
        }
        decide { state, _ in if state.connections == number { state.machine.disconnected() } }
    }

    func send(_ messages: [[UInt8]], to connection: WebSocketConnection) async throws {
        for message in messages { try await connection.send(.binary(ByteBuffer(bytes: message))) }
        if withState({ $0.isFinished }) { await connection.close() }
    }

    private func decide<Result: Sendable>(_ body: (inout State, _ now: Int64) -> Result) -> Result {
        let now = now
        return withState { body(&$0, now) }
    }
}
