import Crypto
import Encoding

/// The one binary message of control and data channels, in both directions.
///
/// AWS's agent calls it AgentMessage and its plugin ClientMessage. A header of 120 bytes, big-endian, then the
/// payload; a websocket message holds exactly one.
package struct AgentMessage: Equatable, Sendable {
    package var type: MessageType
    /// Milliseconds since the epoch; never 0.
    package var createdDate: UInt64
    /// The number in its stream; 0 in messages that belong to none.
    package var sequenceNumber: Int64
    package var flags: Flags
    package var id: MessageID
    package var payloadType: PayloadType
    package var payload: [UInt8]

    /// Bits of the Flags field, which peers write and nobody reads.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt64

        package init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// The first message of a stream.
        package static let syn = Flags(rawValue: 1)
        package static let fin = Flags(rawValue: 2)
    }

    package init(
        type: MessageType,
        createdDate: UInt64,
        sequenceNumber: Int64 = 0,
        flags: Flags = [],
        id: MessageID,
        payloadType: PayloadType = .none,
        payload: [UInt8]
    ) {
        self.type = type
        self.createdDate = createdDate
        self.sequenceNumber = sequenceNumber
        self.flags = flags
        self.id = id
        self.payloadType = payloadType
        self.payload = payload
    }

    /// Reads a whole message and checks its digest.
    package init(parsing bytes: [UInt8]) throws(MalformedMessage) {
        let header = try AgentMessageHeader(parsing: bytes)
        let payload = Array(bytes[AgentMessageHeader.size...])
        guard payload.count == Int(header.payloadLength) else {
            throw .payloadLength(announced: header.payloadLength, found: payload.count)
        }
        if !payload.isEmpty {
            guard SHA256.hash(data: payload).elementsEqual(header.payloadDigest) else {
                throw .digest
            }
        }
        type = header.type
        createdDate = header.createdDate
        sequenceNumber = header.sequenceNumber
        flags = header.flags
        id = header.id
        payloadType = header.payloadType
        self.payload = payload
    }

    /// The bytes of the message.
    ///
    /// Every message of ours carries a payload, at least `{}`: stock peers refuse an empty one.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(AgentMessageHeader.size + payload.count)
        bytes.append(bigEndian: AgentMessageHeader.headerLength)
        var name = Array(type.description.utf8.prefix(AgentMessageHeader.typeLength))
        name.append(
            contentsOf: repeatElement(0x20, count: AgentMessageHeader.typeLength - name.count)
        )
        bytes.append(contentsOf: name)
        bytes.append(bigEndian: AgentMessageHeader.schemaVersion)
        bytes.append(bigEndian: createdDate)
        bytes.append(bigEndian: sequenceNumber)
        bytes.append(bigEndian: flags.rawValue)
        bytes.append(bigEndian: id.low)
        bytes.append(bigEndian: id.high)
        bytes.append(contentsOf: SHA256.hash(data: payload))
        bytes.append(bigEndian: payloadType.number)
        bytes.append(bigEndian: UInt32(truncatingIfNeeded: payload.count))
        bytes.append(contentsOf: payload)
        return bytes
    }
}

/// Why bytes are not a message.
package enum MalformedMessage: Error, Equatable, Sendable {
    /// Fewer bytes than a header has.
    case tooShort(Int)
    /// More bytes than `Limits.agentMessageBytes`.
    case tooLarge(Int)
    /// HeaderLength is not 116.
    case headerLength(UInt32)
    /// SchemaVersion is not 1.
    case schemaVersion(UInt32)
    /// MessageType is empty or not ASCII.
    case messageType
    /// CreatedDate is 0.
    case createdDate
    /// SequenceNumber is negative.
    case sequenceNumber(Int64)
    /// PayloadLength is not the number of bytes after the header.
    case payloadLength(announced: UInt32, found: Int)
    /// The payload is not the one the digest was made of.
    case digest
}
