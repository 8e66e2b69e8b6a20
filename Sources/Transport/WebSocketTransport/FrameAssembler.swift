import NIOCore
import NIOWebSocket
import Vocabulary

/// Decides what each frame of the peer means: a message, a ping, the end, or a breach of RFC 6455.
///
/// A value without socket or clock. After a breach or a close it is not asked again.
struct FrameAssembler {
    /// Which end we are; a client masks what it sends and a server does not.
    enum Role: Sendable {
        case client
        case server
    }

    enum Outcome: Equatable {
        /// A fragment; more follow.
        case nothing
        case message(WebSocketMessage)
        case answerPing(ByteBuffer)
        case pong
        case close(WebSocketCloseCode?)
        case breach(WebSocketCloseCode, String)
    }

    private struct Partial {
        let isText: Bool
        var bytes: ByteBuffer
        var fragments: Int
    }

    private let role: Role
    private let limit: Int
    private var partial: Partial?

    init(role: Role, messageBytes: Int) {
        self.role = role
        limit = messageBytes
    }

    mutating func received(_ frame: WebSocketFrame) -> Outcome {
        if frame.rsv1 || frame.rsv2 || frame.rsv3 {
            return .breach(.protocolError, "a reserved bit is set")
        }
        guard (frame.maskKey != nil) == (role == .server) else {
            let what =
                role == .server ? "an unmasked frame of a client" : "a masked frame of a server"
            return .breach(.protocolError, what)
        }
        switch frame.opcode {
        case .text: return begin(frame, isText: true)
        case .binary: return begin(frame, isText: false)
        case .continuation: return proceed(frame)
        case .ping: return .answerPing(frame.unmaskedData)
        case .pong: return .pong
        case .connectionClose: return closing(frame.unmaskedData)
        default: return .breach(.protocolError, "an unknown kind of frame")
        }
    }

    private mutating func begin(_ frame: WebSocketFrame, isText: Bool) -> Outcome {
        guard partial == nil else {
            return .breach(.protocolError, "a new message inside a fragmented one")
        }
        guard frame.data.readableBytes <= limit else { return tooLarge }
        if frame.fin { return whole(frame.unmaskedData, isText: isText) }
        partial = Partial(isText: isText, bytes: frame.unmaskedData, fragments: 1)
        return .nothing
    }

    private mutating func proceed(_ frame: WebSocketFrame) -> Outcome {
        guard var partial else {
            return .breach(.protocolError, "a continuation of nothing")
        }
        self.partial = nil
        guard partial.bytes.readableBytes + frame.data.readableBytes <= limit,
            partial.fragments < Limits.webSocketFragments
        else { return tooLarge }
        var bytes = frame.unmaskedData
        partial.bytes.writeBuffer(&bytes)
        partial.fragments += 1
        if frame.fin { return whole(partial.bytes, isText: partial.isText) }
        self.partial = partial
        return .nothing
    }

    private func whole(_ bytes: ByteBuffer, isText: Bool) -> Outcome {
        guard isText else { return .message(.binary(bytes)) }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            return .breach(.invalidText, "a text message that is not UTF-8")
        }
        return .message(.text(text))
    }

    private func closing(_ payload: ByteBuffer) -> Outcome {
        var payload = payload
        guard payload.readableBytes > 0 else { return .close(nil) }
        guard let number = payload.readInteger(as: UInt16.self),
            WebSocketCloseCode(rawValue: number).isSendable,
            String(validating: payload.readableBytesView, as: UTF8.self) != nil
        else { return .breach(.protocolError, "a malformed close frame") }
        return .close(WebSocketCloseCode(rawValue: number))
    }

    private var tooLarge: Outcome {
        .breach(.messageTooLarge, "a message of more than \(limit) bytes")
    }
}
