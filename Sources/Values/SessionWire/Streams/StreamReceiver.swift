import Vocabulary

/// Numbered messages on their way in: put in order, each handed on once.
///
/// What comes before its turn is kept and acknowledged at once, as stock ends do. When the reader is not ready for
/// the message whose turn it is, that one and those after it are kept without acknowledgement, so that the sender's
/// window fills and it stops: that is the flow control of the protocol.
struct StreamReceiver: Sendable {
    enum Arrival: Equatable, Sendable {
        /// Kept; acknowledge it if told so, and look at `next`.
        case kept(acknowledge: Bool)
        /// Handed on before: acknowledge it again, since that acknowledgement may have been lost.
        case duplicate
        /// No room, or too far ahead: as if it had never come.
        case refused
    }

    private struct Held {
        let message: AgentMessage
        var isAcknowledged: Bool
    }

    private var held: [Int64: Held] = [:]
    private var heldBytes = 0
    /// The number whose turn it is.
    private(set) var expected: Int64 = 0

    mutating func arrived(_ message: AgentMessage) -> Arrival {
        let number = message.sequenceNumber
        guard number >= expected else { return .duplicate }
        if let known = held[number] {
            return known.isAcknowledged ? .duplicate : .kept(acknowledge: false)
        }
        if number > expected {
            let size = message.payload.count + AgentMessageHeader.size
            guard number - expected <= Int64(Limits.earlyMessages),
                heldBytes + size <= Limits.earlyMessageBytes
            else { return .refused }
        }
        // A message that waits for its reader holds back the acknowledgement of all after it.
        let isEarly = number > expected && held[expected] == nil
        held[number] = Held(message: message, isAcknowledged: isEarly)
        heldBytes += message.payload.count + AgentMessageHeader.size
        return .kept(acknowledge: isEarly)
    }

    /// The message whose turn it is, if it is here.
    var next: AgentMessage? { held[expected]?.message }

    /// The reader took `next`; answers whether it must be acknowledged now.
    mutating func consumeNext() -> Bool {
        guard let taken = held.removeValue(forKey: expected) else { return false }
        heldBytes -= taken.message.payload.count + AgentMessageHeader.size
        expected += 1
        return !taken.isAcknowledged
    }
}
