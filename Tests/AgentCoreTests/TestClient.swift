import FoundationEssentials
import NIOCore
import Sealing
import SessionWire
import Synchronization
import Testing
import Vocabulary
import WebSocketTransport

@testable import AgentCore

/// The person's end of a session, wired straight to the node's: no gateway between.
actor TestClient {
    private var machine: ClientSessionMachine
    private var connection: WebSocketConnection?
    private let dataKey: [UInt8]
    private(set) var output = ""
    private(set) var exitCode: Int32?
    private(set) var agreement: SessionAgreement?
    private let changed = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    init(dataKey: [UInt8] = []) {
        self.dataKey = dataKey
        machine = ClientSessionMachine(
            ClientSessionMachine.Configuration(
                sessionID: "alice-6217a8df86ba49059",
                targetID: "mi-0123456789abcdef0",
                clientVersion: Release.version
            ),
            entropy: SystemEntropy()
        )
    }

    private var now: Int64 { Int64(SystemClock().now().timeIntervalSince1970 * 1000) }

    /// Serves every data channel that the node opens, until cancelled.
    func run(_ channels: AsyncStream<WebSocketConnection>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    await Task.pause(.milliseconds(20))
                    await self.tick()
                }
            }
            for await channel in channels { await serve(channel) }
            group.cancelAll()
        }
    }

    private func serve(_ channel: WebSocketConnection) async {
        connection = channel
        await perform(machine.connected(now: now))
        do {
            for try await message in channel.inbound {
                guard case .binary(let bytes) = message else { continue }
                await perform(machine.received(Array(bytes.readableBytesView), now: now))
            }
        } catch {}
        connection = nil
        machine.disconnected()
    }

    private func tick() async { await perform(machine.tick(now: now)) }

    private func perform(_ actions: [ClientSessionMachine.Action]) async {
        for action in actions {
            switch action {
            case .send(let bytes):
                try? await connection?.send(.binary(ByteBuffer(bytes: bytes)))
            case .generateDataKey:
                await perform(
                    machine.dataKeyGenerated(
                        GeneratedDataKey(plaintext: Secret(dataKey), ciphertext: [1, 2, 3]),
                        now: now
                    )
                )
            case .ready(let agreement): self.agreement = agreement
            case .deliverOutput(let bytes): output += String(decoding: bytes, as: UTF8.self)
            case .exit(let code): exitCode = code
            case .deliverErrorOutput, .portConnectionFailed, .closed, .fail: break
            }
        }
        changed.continuation.yield()
    }

    func type(_ text: String) async {
        await perform(machine.input(Array(text.utf8), now: now))
    }

    func resize(_ columns: UInt32, _ rows: UInt32) async {
        await perform(machine.resize(TerminalSize(columns: columns, rows: rows), now: now))
    }

    /// Cuts the line as a broken network does.
    func cut() async { await connection?.close() }

    /// Waits until the session is ready and something is true of it.
    func wait(until isTrue: @Sendable (isolated TestClient) -> Bool) async {
        while !isTrue(self), !Task.isCancelled {
            for await _ in changed.stream { break }
        }
    }

    func waitUntilReady() async { await wait { $0.agreement != nil } }

    func waitFor(_ text: String) async { await wait { $0.output.contains(text) } }
}
