import Encoding
import Storage
import Vocabulary

/// One entry of the append log as it stands in a file.
///
/// `length (4) ‖ CRC-32C (4) ‖ durable (8) ‖ bytes`, integers most significant byte first. The checksum
/// covers position, length, durable and bytes, so that an entry read at a wrong place does not pass for one.
/// `durable` is the position up to which the log had been flushed when this entry was written: by it, what
/// was never acknowledged can be told from what was and is damaged. See docs/formats/append-log.md.
enum LogFrame {
    static let headerLength = 16

    /// What stands at a position.
    enum Found: Equatable {
        /// An entry: where its bytes are in the buffer, and what was durable when it was written.
        case entry(bytes: Range<Int>, durable: UInt64)
        /// The buffer ends before the entry could; this many bytes from its start are needed to tell.
        case needs(Int)
        /// Nothing that was ever written whole.
        case damaged
    }

    static func append(
        _ bytes: [UInt8],
        at position: UInt64,
        durable: UInt64,
        to buffer: inout [UInt8]
    ) {
        let length = UInt32(bytes.count)
        let sum = bytes.withUnsafeBytes { checksum(position, length, durable, $0) }
        buffer.append(bigEndian: length)
        buffer.append(bigEndian: sum)
        buffer.append(bigEndian: durable)
        buffer.append(contentsOf: bytes)
    }

    /// Looks at what begins at `offset` of the buffer, which is `position` of the log.
    static func find(in buffer: [UInt8], at offset: Int, position: UInt64) -> Found {
        buffer.withUnsafeBytes { raw in
            guard raw.count - offset >= headerLength else { return .needs(headerLength) }
            let length = Int(raw.bigEndian(at: offset, as: UInt32.self))
            let durable = raw.bigEndian(at: offset + 8, as: UInt64.self)
            // Nearly everything that is no entry fails here, before a checksum is made over it.
            guard length <= Limits.logEntryBytes, durable <= position else { return .damaged }
            let start = offset + headerLength
            guard raw.count - start >= length else { return .needs(headerLength + length) }
            let bytes = UnsafeRawBufferPointer(rebasing: raw[start..<start + length])
            guard
                checksum(position, UInt32(length), durable, bytes)
                    == raw.bigEndian(at: offset + 4, as: UInt32.self)
            else { return .damaged }
            return .entry(bytes: start..<start + length, durable: durable)
        }
    }

    private static func checksum(
        _ position: UInt64,
        _ length: UInt32,
        _ durable: UInt64,
        _ bytes: UnsafeRawBufferPointer
    ) -> UInt32 {
        var checksum = CRC32(.castagnoli)
        checksum.add(position)
        checksum.add(length)
        checksum.add(durable)
        checksum.add(bytes)
        return checksum.value
    }
}
