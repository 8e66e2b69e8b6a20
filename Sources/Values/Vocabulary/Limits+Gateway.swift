extension Limits {
    /// Seconds for the first frame of a channel, which names its token.
    package static let channelOpeningSeconds = 10.0
    /// Bytes of that frame.
    package static let channelOpeningBytes = 16 * 1024
    /// Tokens remembered as used; one more is refused until the oldest have run out.
    package static let usedChannelTokens = 100_000
    /// Seconds that a used token is remembered: longer than it is good for.
    package static let usedChannelTokenSeconds = 120.0
    /// Bytes of a payload that the gateway reads: a handshake request has some hundreds, an end's state a few.
    package static let relayReadPayloadBytes = 16 * 1024
    /// How often the gateway tries to read a session's handshake request until it could.
    package static let handshakeReadings = 3
    /// Live sessions of one gateway.
    package static let relayedSessions = 10_000
    /// Bytes kept for an end that is away, each way: a whole window of our own ends.
    package static let relayKeptBytes = 1024 * 1024 + 128 * 1024
    /// Milliseconds after it opened in which nothing is pushed down a control channel.
    package static let controlChannelSettleMilliseconds: Int64 = 100
    /// Milliseconds after which a node that opened no data channel is told of its session again.
    package static let sessionStartRepeatMilliseconds: Int64 = 3000
    /// Milliseconds in which a node must have opened a session's data channel.
    package static let sessionStartMilliseconds: Int64 = 30_000
    /// Milliseconds that an end waits for its absent peer before it is told to pause.
    package static let relayPauseMilliseconds: Int64 = 2000
    /// Milliseconds that a node's end may be away; the stock agent gives up after 6 s.
    package static let agentAwayMilliseconds: Int64 = 15_000
    /// Milliseconds that a person's end may be away when no idle timeout is set; AWS's default for that one.
    package static let clientAwayMilliseconds: Int64 = 20 * 60_000
    /// Milliseconds from a session's end until it counts as over without the node's report, which waits for
    /// the upload of its log.
    package static let sessionEndMilliseconds: Int64 = 60_000
    /// Seconds that a message of the gateway's own may wait for a slow end.
    package static let gatewaySendSeconds = 5.0
    /// Seconds between two looks at every session's timers.
    package static let gatewaySweepSeconds = 1.0
    /// Ends of sessions kept while the store refuses to write them down.
    package static let unrecordedEnds = 10_000
}
