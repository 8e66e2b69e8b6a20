// WebSocketTransport: one WebSocket connection (RFC 6455) as messages in and messages out, with
// backpressure both ways. Over NIO for real, over nothing at all for tests.

package import NIOCore
import Vocabulary

/// One message, its fragments already joined.
package enum WebSocketMessage: Sendable, Equatable {
    case text(String)
    case binary(ByteBuffer)

    /// How many bytes the message has on the wire, frame headers aside.
    package var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.readableBytes
        }
    }
}

/// One end of an open connection.
///
/// `inbound` is read by one task. Pings are answered and fragments joined below it; a peer that breaks
/// the protocol is told so with the fitting close code, and `inbound` ends with the error. Reading stops
/// while `Limits.webSocketInboundBytes` wait to be taken, and `send` waits while
/// `Limits.webSocketOutboundBytes` wait to be sent, so that a slow end slows the other one down instead
/// of filling memory.
///
/// A connection is open until somebody closes it; letting go of the value does not.
package struct WebSocketConnection: Sendable {
    /// The messages of the peer; ends with `nil` when the peer closed, or went away without a word as
    /// stock agents do, and throws `WebSocketError` when something broke.
    package let inbound: WebSocketInbound
    private let outbound: any WebSocketOutbound

    init(mailbox: Mailbox, outbound: any WebSocketOutbound) {
        inbound = WebSocketInbound(mailbox: mailbox)
        self.outbound = outbound
    }

    /// Sends one message, waiting while the peer is slow.
    ///
    /// Messages of one task arrive in the order sent. Returning means that the message is on its way, not
    /// that it arrived. A cancelled wait sends nothing.
    package func send(_ message: WebSocketMessage) async throws {
        guard message.byteCount <= Limits.webSocketFrameBytes else {
            throw WebSocketError.messageTooLarge(message.byteCount)
        }
        try await outbound.send(message)
    }

    /// Says goodbye and closes; returns when the connection is closed.
    ///
    /// The peer has `Limits.webSocketCloseTimeout` to answer. Closing twice does nothing more.
    package func close(code: WebSocketCloseCode = .normal, reason: String = "") async {
        await outbound.close(code: code, reason: reason)
    }

    /// Sends a ping now, outside the regular ones.
    package func ping() async throws {
        try await outbound.ping()
    }
}

/// The messages of the peer, in order; for one reader.
package struct WebSocketInbound: AsyncSequence, Sendable {
    package typealias Element = WebSocketMessage
    package typealias Failure = any Error

    let mailbox: Mailbox

    package func makeAsyncIterator() -> Iterator { Iterator(mailbox: mailbox) }

    package struct Iterator: AsyncIteratorProtocol {
        let mailbox: Mailbox

        package mutating func next() async throws -> WebSocketMessage? {
            try await mailbox.next()
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(any Error) -> WebSocketMessage? {
            try await mailbox.next()
        }
    }
}

/// What a connection sends through: a NIO channel, or the other end's mailbox.
protocol WebSocketOutbound: Sendable {
    func send(_ message: WebSocketMessage) async throws
    func close(code: WebSocketCloseCode, reason: String) async
    func ping() async throws
}
