import Vocabulary

/// The header of a message, read without touching the payload.
///
/// A relay looks at this and passes the bytes on as they are.
package struct AgentMessageHeader: Equatable, Sendable {
    /// Bytes before the payload.
    package static let size = 120
    /// What the first field always says: the header without its last field, PayloadLength.
    package static let headerLength: UInt32 = 116
    package static let schemaVersion: UInt32 = 1
    /// Bytes of the MessageType field.
    package static let typeLength = 32

    package let type: MessageType
    package let createdDate: UInt64
    package let sequenceNumber: Int64
    package let flags: AgentMessage.Flags
    package let id: MessageID
    package let payloadDigest: [UInt8]
    package let payloadType: PayloadType
    package let payloadLength: UInt32

    /// Reads the first 120 bytes; more may follow.
    package init(parsing bytes: [UInt8]) throws(MalformedMessage) {
        guard bytes.count >= Self.size else { throw .tooShort(bytes.count) }
        guard bytes.count <= Limits.agentMessageBytes else { throw .tooLarge(bytes.count) }
        var reader = Reader(bytes: bytes)
        let headerLength = reader.integer(UInt32.self)
        guard headerLength == Self.headerLength else { throw .headerLength(headerLength) }
        type = try Self.messageType(reader.take(Self.typeLength))
        let schemaVersion = reader.integer(UInt32.self)
        guard schemaVersion == Self.schemaVersion else { throw .schemaVersion(schemaVersion) }
        createdDate = reader.integer(UInt64.self)
        guard createdDate != 0 else { throw .createdDate }
        sequenceNumber = reader.integer(Int64.self)
        guard sequenceNumber >= 0 else { throw .sequenceNumber(sequenceNumber) }
        flags = AgentMessage.Flags(rawValue: reader.integer(UInt64.self))
        let low = reader.integer(UInt64.self)
        id = MessageID(high: reader.integer(UInt64.self), low: low)
        payloadDigest = Array(reader.take(32))
        payloadType = PayloadType(reader.integer(UInt32.self))
        payloadLength = reader.integer(UInt32.self)
    }

    /// Reads the padded text as the stock readers do: NULs off both ends, then white space.
    private static func messageType(_ field: ArraySlice<UInt8>) throws(MalformedMessage)
        -> MessageType
    {
        let text = field.trimming { $0 == 0 }.trimming { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard !text.isEmpty, text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .messageType
        }
        return MessageType(String(decoding: text, as: UTF8.self))
    }

    /// Takes integers off the front; the caller has checked that there are enough bytes.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        mutating func take(_ count: Int) -> ArraySlice<UInt8> {
            defer { position += count }
            return bytes[position..<position + count]
        }

        mutating func integer<Number: FixedWidthInteger>(_: Number.Type) -> Number {
            take(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func trimming(_ isPadding: (UInt8) -> Bool) -> Self {
        guard let first = firstIndex(where: { !isPadding($0) }),
            let last = lastIndex(where: { !isPadding($0) })
        else { return [] }
        return self[first...last]
    }
}
