import AWSClient
import FoundationEssentials
import NIOCore
import Sealing
import SessionWire
import Synchronization
import Vocabulary
import WebSocketTransport

@testable import ClientCore

/// A server and a node in one: real machines of the node's end behind an in-memory socket.
///
/// Its shell shows "welcome", echoes what it is typed, and ends at `exit N` or at the end of file.
final class ScriptedNode: Sendable {
    private struct State {
        var machine: AgentSessionMachine
        var tokens: [String] = []
        var terminated: [String] = []
        var sizes: [TerminalSize] = []
        var dataKeyCalls = 0
        var connections = 0
        var refusal: AWSClientError?
        var keyRefusal: AWSClientError?
        var closing: String?
        var cutsAfterWelcome = false
        var isGone = false
        var endsWithoutStatus = false
        var isSilent = false
        var flood = 0
    }

    private static let session = "person-0123456789abcdef0"
    private let key = Secret((0..<64).map { UInt8($0) })
    private let state: Mutex<State>

    init(kmsKeyID: String? = nil, transport: SekishoTransport = .ours) {
        state = Mutex(
            State(
                machine: AgentSessionMachine(
                    AgentSessionMachine.Configuration(
                        sessionID: Self.session,
                        instanceID: "mi-0123456789abcdef0",
                        agentVersion: "3.3.0.0",
                        kmsKeyID: kmsKeyID,
                        transport: transport
                    ),
                    entropy: SystemEntropy()
                )
            )
        )
    }

    var tokens: [String] { state.withLock { $0.tokens } }
    var terminated: [String] { state.withLock { $0.terminated } }
    var sizes: [TerminalSize] { state.withLock { $0.sizes } }
    var dataKeyCalls: Int { state.withLock { $0.dataKeyCalls } }
    var refusal: AWSClientError? {
        get { state.withLock { $0.refusal } }
        set { state.withLock { $0.refusal = newValue } }
    }
    var keyRefusal: AWSClientError? {
        get { state.withLock { $0.keyRefusal } }
        set { state.withLock { $0.keyRefusal = newValue } }
    }
    var closing: String? {
        get { state.withLock { $0.closing } }
        set { state.withLock { $0.closing = newValue } }
    }
    var cutsAfterWelcome: Bool {
        get { state.withLock { $0.cutsAfterWelcome } }
        set { state.withLock { $0.cutsAfterWelcome = newValue } }
    }
    var isGone: Bool {
        get { state.withLock { $0.isGone } }
        set { state.withLock { $0.isGone = newValue } }
    }
    /// Whether its session ends at once, as that of an agent that stops.
    var endsWithoutStatus: Bool {
        get { state.withLock { $0.endsWithoutStatus } }
        set { state.withLock { $0.endsWithoutStatus = newValue } }
    }
    var isSilent: Bool {
        get { state.withLock { $0.isSilent } }
        set { state.withLock { $0.isSilent = newValue } }
    }
    /// Bytes to show before anything else.
    var flood: Int {
        get { state.withLock { $0.flood } }
        set { state.withLock { $0.flood = newValue } }
    }

    var calls: SessionCalls {
        SessionCalls(
            start: { [self] _ async throws(AWSClientError) in
                if let refusal { throw refusal }
                return SessionTicket(
                    session: Self.session,
                    streamURL: "wss://gateway/x",
                    token: "token-0"
                )
            },
            resume: { [self] _ async throws(AWSClientError) in
                isGone ? nil : "token-\(state.withLock { $0.connections })"
            },
            terminate: { [self] session async throws(AWSClientError) in
                state.withLock { $0.terminated.append(session) }
            },
            generateDataKey: { [self] _ async throws(AWSClientError) in
                state.withLock { $0.dataKeyCalls += 1 }
                if let keyRefusal { throw keyRefusal }
                return GeneratedDataKey(plaintext: key, ciphertext: [1, 2, 3])
            },
            dial: { [self] _ in
                let (near, far) = WebSocketConnection.pair()
                state.withLock { $0.connections += 1 }
                // Ends with the connection, which the driver closes.
                Task { await serve(far) }
                return near
            }
        )
    }

    private func serve(_ connection: WebSocketConnection) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                do {
                    for try await message in connection.inbound {
                        switch message {
                        case .text(let text): await opened(text, connection)
                        case .binary(let bytes):
                            await act(connection) {
                                $0.received(Array(bytes.readableBytesView), now: $1)
                            }
                        }
                    }
                } catch {
                    // A broken connection is what some of the tests want.
                }
            }
            group.addTask { [self] in
                while (try? await Task.sleep(for: .milliseconds(10))) != nil {
                    await act(connection) { $0.tick(now: $1) }
                }
            }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.machine.disconnected() }
    }

    private func opened(_ text: String, _ connection: WebSocketConnection) async {
        let opening = ChannelOpening(json: Array(text.utf8))
        let isSilent = state.withLock { state in
            state.tokens.append(opening?.tokenValue ?? "none")
            return state.isSilent
        }
        if !isSilent { await act(connection) { $0.connected(now: $1) } }
    }

    private func act(
        _ connection: WebSocketConnection,
        _ event: (inout AgentSessionMachine, Int64) -> [AgentSessionMachine.Action]
    ) async {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let actions = state.withLock { event(&$0.machine, now) }
        for action in actions { await carryOut(action, connection) }
    }

    private func carryOut(
        _ action: AgentSessionMachine.Action,
        _ connection: WebSocketConnection
    ) async {
        switch action {
        case .send(let bytes): try? await connection.send(.binary(ByteBuffer(bytes: bytes)))
        case .decryptDataKey:
            await act(connection) { [key] in $0.dataKeyDecrypted(key, now: $1) }
        case .start: await started(connection)
        case .deliverInput(let bytes): await typed(bytes, connection)
        case .resize(let size): state.withLock { $0.sizes.append(size) }
        case .finished: await close(connection, output: "")
        case .fail(let reason): await close(connection, output: reason)
        case .disconnectFromPort, .terminate: break
        }
    }

    private func started(_ connection: WebSocketConnection) async {
        if let closing { return await close(connection, output: closing) }
        if state.withLock(\.endsWithoutStatus) { return await close(connection, output: "") }
        let flood = state.withLock { state in
            defer { state.flood = 0 }
            return state.flood
        }
        await act(connection) { $0.setAcceptsInput(true, now: $1) }
        if flood > 0 {
            await act(connection) { $0.output([UInt8](repeating: 0x2E, count: flood), now: $1) }
        }
        await act(connection) { $0.output(Array("welcome\n".utf8), now: $1) }
        let isCut = state.withLock { state in
            defer { state.cutsAfterWelcome = false }
            return state.cutsAfterWelcome
        }
        if isCut { await connection.close() }
    }

    private func typed(_ bytes: [UInt8], _ connection: WebSocketConnection) async {
        await act(connection) { $0.output(bytes, now: $1) }
        let text = String(decoding: bytes, as: UTF8.self)
        if let range = text.firstRange(of: "exit ") {
            let code = Int32(text[range.upperBound...].prefix(while: \.isNumber))
            await act(connection) { $0.finish(exitCode: code, now: $1) }
        } else if bytes.contains(0x04) {
            await act(connection) { $0.finish(exitCode: 0, now: $1) }
        }
    }

    private func close(_ connection: WebSocketConnection, output: String) async {
        let id = MessageID(entropy: SystemEntropy())
        let closed = ChannelClosed(
            messageID: id,
            createdDate: "2026-01-02T03:04:05Z",
            destinationID: "",
            sessionID: Self.session,
            output: output
        )
        let message = AgentMessage(
            type: .channelClosed,
            createdDate: 1,
            id: id,
            payload: closed.json()
        )
        try? await connection.send(.binary(ByteBuffer(bytes: message.encoded())))
    }
}
