import FoundationEssentials
import NIOCore
import SessionWire
import Vocabulary
import WebSocketTransport

/// Sends the gateway's own messages, which must not wait for ever for an end that does not read.
struct ChannelSender: Sendable {
    let clock: any WallClock
    let entropy: any Entropy

    /// Sends one message; false when it could not be sent within `Limits.gatewaySendSeconds`.
    func send(
        _ type: MessageType,
        _ payload: [UInt8],
        to connection: WebSocketConnection
    ) async -> Bool {
        let message = AgentMessage(
            type: type,
            createdDate: UInt64(max(1, clock.now().milliseconds)),
            id: MessageID(entropy: entropy),
            payload: payload
        )
        let frame = WebSocketMessage.binary(ByteBuffer(bytes: message.encoded()))
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await connection.send(frame)
                    return true
                } catch {
                    return false
                }
            }
            group.addTask {
                // Cancelled when the message went out, which ends the wait early.
                try? await Task.sleep(for: .seconds(Limits.gatewaySendSeconds))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    func closed(
        _ session: SessionID,
        output: String,
        to connection: WebSocketConnection,
        destination: String
    ) async -> Bool {
        let payload = ChannelClosed(
            messageID: MessageID(entropy: entropy),
            createdDate: clock.now().formatted(.iso8601),
            destinationID: destination,
            sessionID: session.description,
            output: output
        )
        return await send(.channelClosed, payload.json(), to: connection)
    }
}

extension Date {
    /// Milliseconds since the epoch.
    var milliseconds: Int64 { Int64(timeIntervalSince1970 * 1000) }
}
