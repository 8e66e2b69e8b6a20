import Vocabulary

/// How a connection is kept alive and how much it may hold; the defaults suit both ends.
package struct WebSocketSettings: Sendable {
    /// How often a ping goes out; nil for never, and then nobody watches whether the peer lives.
    package var pingInterval: Duration?
    /// How long after a ping a peer that says nothing counts as gone.
    package var silence: Duration
    /// The largest message of the peer, its fragments joined.
    package var messageBytes: Int
    /// What waits for the reader before the socket is no longer read.
    package var inboundBytes: Int
    /// What waits to be sent before a sender waits.
    package var outboundBytes: Int

    package init(
        pingInterval: Duration? = Limits.webSocketPingInterval,
        silence: Duration = Limits.webSocketSilence,
        messageBytes: Int = Limits.webSocketMessageBytes,
        inboundBytes: Int = Limits.webSocketInboundBytes,
        outboundBytes: Int = Limits.webSocketOutboundBytes
    ) {
        self.pingInterval = pingInterval
        self.silence = silence
        self.messageBytes = messageBytes
        self.inboundBytes = inboundBytes
        self.outboundBytes = outboundBytes
    }
}
