/// Why a connection could not be made, or ended otherwise than by goodbye.
package enum WebSocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text is not a `ws://` or `wss://` address that we may use.
    case invalidAddress(String, reason: String)
    /// No connection, or none over which TLS or the upgrade could be agreed.
    case cannotConnect(String)
    /// The server answered the upgrade with this instead.
    case refused(status: Int, body: String)
    /// The handshake did not end in time.
    case timedOut
    /// The connection was closed, by whichever side.
    case closed
    /// The connection broke.
    case connectionLost(String)
    /// The peer said nothing for longer than a living one would.
    case peerSilent
    /// The peer sent what RFC 6455 forbids.
    case protocolViolation(String)
    /// A message larger than one frame of ours may be.
    case messageTooLarge(Int)

    package var description: String {
        switch self {
        case .invalidAddress(let address, let reason): "cannot use '\(address)': \(reason)"
        case .cannotConnect(let reason): "cannot connect: \(reason)"
        case .refused(let status, let body): "the server answered HTTP \(status): \(body)"
        case .timedOut: "the server did not finish the handshake in time"
        case .closed: "the connection is closed"
        case .connectionLost(let reason): "the connection was lost: \(reason)"
        case .peerSilent: "the peer stopped answering pings"
        case .protocolViolation(let what): "the peer broke the WebSocket protocol: \(what)"
        case .messageTooLarge(let bytes):
            "a message of \(bytes) bytes is larger than a frame may be"
        }
    }
}

/// Why a connection is closed, in the numbers of RFC 6455 section 7.4.
package struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let normal = Self(rawValue: 1000)
    package static let goingAway = Self(rawValue: 1001)
    package static let protocolError = Self(rawValue: 1002)
    package static let unacceptableData = Self(rawValue: 1003)
    package static let invalidText = Self(rawValue: 1007)
    package static let policyViolation = Self(rawValue: 1008)
    package static let messageTooLarge = Self(rawValue: 1009)
    package static let internalError = Self(rawValue: 1011)

    /// Whether the number may stand in a close frame at all (RFC 6455 section 7.4.2).
    var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
