import Vocabulary

/// Both directions of a data channel as one end sees them, below handshake and encryption.
///
/// It numbers and keeps what goes out, orders and acknowledges what comes in, and pauses while the peer is away.
/// Messages to send are answered as bytes, in order.
struct DataStream: Sendable {
    /// `output_stream_data` for the node's end, `input_stream_data` for the person's.
    private let outgoing: MessageType
    private let entropy: any Entropy
    private var sender = StreamSender()
    private var receiver = StreamReceiver()
    private(set) var isConnected = false
    /// Whether the gateway said that the peer is away.
    private(set) var isPaused = false
    private var hasConnected = false
    private(set) var clock = SessionClock()
    /// Steady milliseconds of the last acknowledgement that freed something.
    private(set) var lastProgress: Int64 = 0
    /// The largest payload of one message before encryption.
    private(set) var largestFrame = Limits.stockFrameBytes

    init(outgoing: MessageType, entropy: any Entropy) {
        self.outgoing = outgoing
        self.entropy = entropy
    }

    var now: Int64 { clock.steady }
    var isEmpty: Bool { sender.isEmpty }
    var hasRoom: Bool { sender.hasRoom }
    var nextDeadline: Int64? { sender.nextDeadline }

    mutating func advance(to now: Int64) { clock.advance(to: now) }

    /// What the handshake found out about the peer.
    mutating func adopt(_ transport: SekishoTransport?) {
        guard let transport else {
            sender.peerIgnoresDuplicates = outgoing == .outputStreamData
            return
        }
        largestFrame = transport.largestFrame
        sender.window = transport.window
    }

    // MARK: The channel

    mutating func connected() -> [[UInt8]] {
        isConnected = true
        isPaused = false
        defer { hasConnected = true }
        return sender.open(resending: hasConnected, now: now)
    }

    mutating func disconnected() {
        isConnected = false
        sender.close()
    }

    mutating func paused() {
        isPaused = true
        sender.close()
    }

    /// The peer is back: what was on its way may have been lost with the channel it had before.
    mutating func peerArrived() -> [[UInt8]] {
        isPaused = false
        guard isConnected else { return [] }
        return sender.open(resending: true, now: now)
    }

    /// A message of the peer's came in, so that it is there, whatever the gateway last said.
    private mutating func unpause() -> [[UInt8]] {
        guard isPaused else { return [] }
        isPaused = false
        guard isConnected else { return [] }
        return sender.open(resending: false, now: now)
    }

    // MARK: Out

    /// Sends one payload as the next message of the stream.
    mutating func send(_ type: PayloadType, _ payload: [UInt8]) -> [[UInt8]] {
        let message = message(
            outgoing,
            sequence: sender.nextSequence,
            flags: outgoing == .outputStreamData && sender.nextSequence == 0 ? .syn : [],
            payloadType: type,
            payload: payload
        )
        if sender.isEmpty { lastProgress = now }
        return sender.enqueue(message.encoded(), now: now)
    }

    /// A message outside the stream.
    func unnumbered(_ type: MessageType, _ payload: [UInt8]) -> [UInt8] {
        message(type, sequence: 0, flags: [.syn, .fin], payloadType: .none, payload: payload)
            .encoded()
    }

    mutating func tick() -> [[UInt8]] { sender.tick(now: now) }

    // MARK: In

    /// An acknowledgement came in.
    mutating func acknowledged(_ message: AgentMessage) -> [[UInt8]] {
        let messages = unpause()
        guard let acknowledge = Acknowledge(json: message.payload) else { return messages }
        lastProgress = now
        return messages + sender.acknowledged(acknowledge.sequenceNumber, now: now)
    }

    /// A stream message came in: answers with an acknowledgement unless that must wait for the reader.
    ///
    /// Then call `takeNext` until it has no more.
    mutating func arrived(_ message: AgentMessage) -> [[UInt8]] {
        let messages = unpause()
        switch receiver.arrived(message) {
        case .duplicate, .kept(acknowledge: true): return messages + [acknowledgement(of: message)]
        case .kept(acknowledge: false), .refused: return messages
        }
    }

    /// The message whose turn it is, if it is here.
    var next: AgentMessage? { receiver.next }

    /// The reader took `next`; returns the acknowledgement that is due.
    mutating func consumeNext() -> [[UInt8]] {
        guard let message = receiver.next else { return [] }
        return receiver.consumeNext() ? [acknowledgement(of: message)] : []
    }

    private func acknowledgement(of message: AgentMessage) -> [UInt8] {
        unnumbered(.acknowledge, Acknowledge(message).json())
    }

    private func message(
        _ type: MessageType,
        sequence: Int64,
        flags: AgentMessage.Flags,
        payloadType: PayloadType,
        payload: [UInt8]
    ) -> AgentMessage {
        AgentMessage(
            type: type,
            createdDate: UInt64(max(1, clock.wall)),
            sequenceNumber: sequence,
            flags: flags,
            id: MessageID(entropy: entropy),
            payloadType: payloadType,
            payload: payload
        )
    }
}
