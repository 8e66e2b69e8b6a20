package import NIOCore
package import SessionWire
import Vocabulary

/// What the gateway takes from a message's payload: almost never anything.
///
/// A payload costs a digest and a decoding, which its sender chooses the price of. So it is read before any lock is
/// taken, by the task of the connection that it came on; only payloads of two kinds are, up to
/// `Limits.relayReadPayloadBytes`, and the handshake of a session once.
package enum FrameContents: Equatable, Sendable {
    /// Nothing that matters here, or nothing that could be read.
    case opaque
    /// The node's handshake request, with the session's type if it names one that we know.
    case handshake(SessionType?)
    /// The node says that its session is about to end.
    case terminating

    /// Whether there may be something to read in messages of this kind.
    package static func mayMatter(
        _ header: AgentMessageHeader,
        from side: RelayMachine.Side
    ) -> Bool {
        guard side == .agent, header.payloadLength <= UInt32(Limits.relayReadPayloadBytes) else {
            return false
        }
        return switch header.type {
        case .agentSessionState: true
        case .outputStreamData: header.payloadType == .handshakeRequest
        default: false
        }
    }

    /// Reads what matters of a message that may.
    package init(_ frame: ByteBuffer, _ header: AgentMessageHeader) {
        guard let message = try? AgentMessage(parsing: Array(frame.readableBytesView)) else {
            self = .opaque
            return
        }
        if header.type == .agentSessionState {
            let state = AgentSessionState(json: message.payload)?.state
            self = state == AgentSessionState.terminating ? .terminating : .opaque
        } else {
            guard let request = HandshakeRequest(json: message.payload) else {
                self = .opaque
                return
            }
            let name = request.parameters(of: HandshakeAction.sessionType)?["SessionType"]?.string
            self = .handshake(name.flatMap(SessionType.init(rawValue:)))
        }
    }
}
