package import NIOCore
package import SessionWire
import Vocabulary

/// What came for an end that is away: one copy of each message, in order, up to a limit.
///
/// A stock agent without a client sends its oldest message five times a second for ever; the copies are the same
/// bytes, told by their number. Acknowledgements are kept too, since a lost one is never made up for by the stock
/// plugin. When the limit is reached more is dropped: whoever sent it will send it again.
package struct RelayBuffer: Sendable {
    private enum Key: Hashable {
        case stream(Int64)
        case other(MessageID)
    }

    private var keys: Set<Key> = []
    private var frames = CircularBuffer<(key: Key, frame: ByteBuffer)>(initialCapacity: 0)
    private var bytes = 0
    private let limit: Int

    package init(limit: Int = Limits.relayKeptBytes) {
        self.limit = limit
    }

    package var isEmpty: Bool { frames.isEmpty }

    /// Keeps a frame; false when it was not kept: known already, or no room.
    package mutating func keep(_ frame: ByteBuffer, header: AgentMessageHeader) -> Bool {
        let key: Key = header.type.isStream ? .stream(header.sequenceNumber) : .other(header.id)
        guard bytes + frame.readableBytes <= limit, keys.insert(key).inserted else { return false }
        bytes += frame.readableBytes
        frames.append((key, frame))
        return true
    }

    package mutating func takeFirst() -> ByteBuffer? {
        guard let (key, frame) = frames.popFirst() else { return nil }
        keys.remove(key)
        bytes -= frame.readableBytes
        return frame
    }
}
