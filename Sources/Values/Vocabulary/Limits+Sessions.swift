extension Limits {
    /// Bytes of one message on a control or data channel, header included.
    ///
    /// The stock agent writes control messages of up to 142,000 bytes.
    package static let agentMessageBytes = 256 * 1024
    /// Bytes that a stock end puts into one stream message.
    package static let stockFrameBytes = 1024
    /// Bytes that our own ends put into one stream message: larger frames cost page faults.
    package static let sekishoFrameBytes = 16 * 1024
    /// Bytes sent and not yet acknowledged, towards a stock end and at first.
    package static let stockWindowBytes = 256 * 1024
    /// Bytes sent and not yet acknowledged between our own ends.
    package static let sekishoWindowBytes = 1024 * 1024
    /// Messages kept that came before their turn, as the stock plugin does.
    package static let earlyMessages = 10_000
    /// Bytes of messages kept that came before their turn.
    package static let earlyMessageBytes = 4 * 1024 * 1024
    /// The least and the most milliseconds without an acknowledgement before a message is sent again.
    package static let resendCheckMilliseconds: Int64 = 100
    package static let resendTimeoutMilliseconds: Int64 = 1000
    /// Bytes of the challenge by which both ends show that they hold the data key.
    package static let encryptionChallengeBytes = 64
    /// Milliseconds for the client's answer to a handshake request, and again for the challenge.
    package static let handshakeMilliseconds: Int64 = 15_000
    /// Milliseconds without an acknowledgement after which an ending agent stops waiting for its last output.
    package static let flushMilliseconds: Int64 = 2000
    /// Milliseconds that an ending agent waits for its last output altogether.
    package static let longestFlushMilliseconds: Int64 = 60_000
    /// Characters of a text from the other end that we show or pass on: errors, customer messages.
    package static let peerTextLength = 4096
}
