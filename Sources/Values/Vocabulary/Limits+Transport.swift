extension Limits {
    /// Bytes in one WebSocket frame; the stock agent writes frames of up to 142,000 bytes.
    package static let webSocketFrameBytes = 1 << 18
    /// Bytes in one WebSocket message after its fragments are joined.
    package static let webSocketMessageBytes = 1 << 19
    /// Fragments that one message may come in, so that empty ones cannot go on for ever.
    package static let webSocketFragments = 4096
    /// Bytes received and not yet taken by the reader, past which the socket is not read.
    package static let webSocketInboundBytes = 1 << 20
    /// Bytes given to a socket and not yet in the kernel's hands, past which a sender waits.
    package static let webSocketOutboundBytes = 1 << 18
    /// What a message counts for beside its payload, so that tiny ones fill a buffer too.
    package static let webSocketMessageOverheadBytes = 64
    /// How long a dial may take until the connection stands.
    package static let webSocketConnectTimeout = Duration.seconds(10)
    /// How long TLS and the upgrade may take after that.
    package static let webSocketHandshakeTimeout = Duration.seconds(15)
    /// How long a closing side waits for the other's close frame.
    package static let webSocketCloseTimeout = Duration.seconds(2)
    /// How often a ping goes out; the stock agent's period.
    package static let webSocketPingInterval = Duration.seconds(54)
    /// How long a peer may say nothing after a ping before it counts as gone.
    package static let webSocketSilence = Duration.seconds(60)
    /// Bytes kept of the body of an answer that refuses an upgrade.
    package static let webSocketRefusalBytes = 4096
}
