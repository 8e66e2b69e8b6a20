/// A reflected cyclic redundancy check of 32 bits: tells torn and damaged bytes, and protects from nobody.
///
/// Eight bytes at a step, by eight tables.
package struct CRC32: Sendable {
    /// Which polynomial it divides by.
    package enum Kind: Sendable {
        /// Of Ethernet, gzip and PNG.
        case ieee
        /// CRC-32C of iSCSI and ext4 (RFC 3720, appendix B.4).
        case castagnoli
    }

    private let tables: [UInt32]
    private var register: UInt32 = 0xFFFF_FFFF

    package init(_ kind: Kind) {
        tables = kind == .ieee ? Self.ieee : Self.castagnoli
    }

    package var value: UInt32 { ~register }

    package static func of(_ bytes: [UInt8], _ kind: Kind) -> UInt32 {
        var checksum = CRC32(kind)
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.value
    }

    /// Adds an integer, most significant byte first.
    @inlinable
    package mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { add($0) }
    }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        register = tables.withUnsafeBufferPointer { tables in
            var crc = register
            var index = 0
            while index + 8 <= bytes.count {
                let low = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian
                let high = bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self)
                    .littleEndian
                let mixed = crc ^ low
                crc =
                    tables[7 * 256 + Int(mixed & 0xFF)]
                    ^ tables[6 * 256 + Int(mixed >> 8 & 0xFF)]
                    ^ tables[5 * 256 + Int(mixed >> 16 & 0xFF)]
                    ^ tables[4 * 256 + Int(mixed >> 24)]
                    ^ tables[3 * 256 + Int(high & 0xFF)]
                    ^ tables[2 * 256 + Int(high >> 8 & 0xFF)]
                    ^ tables[256 + Int(high >> 16 & 0xFF)]
                    ^ tables[Int(high >> 24)]
                index += 8
            }
            while index < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
            return crc
        }
    }

    private static let ieee = reflectedTables(8, polynomial: UInt32(0xEDB8_8320))
    private static let castagnoli = reflectedTables(8, polynomial: UInt32(0x82F6_3B78))
}

/// CRC-64/NVME, which AWS's clients send with what they store.
package enum CRC64 {
    package static func of(_ bytes: [UInt8]) -> UInt64 {
        tables.withUnsafeBufferPointer { table in
            ~bytes.reduce(UInt64.max) { value, byte in
                table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8
            }
        }
    }

    private static let tables = reflectedTables(1, polynomial: UInt64(0x9A6C_9329_AC4B_C9B5))
}

/// For each byte the remainder it leaves, then the same with one more zero byte after it, and so on.
private func reflectedTables<Word: FixedWidthInteger & UnsignedInteger>(
    _ count: Int,
    polynomial: Word
) -> [Word] {
    var tables = [Word](repeating: 0, count: count * 256)
    for byte in 0..<256 {
        tables[byte] = (0..<8).reduce(Word(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1
        }
    }
    for index in 256..<tables.count {
        let previous = tables[index - 256]
        tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
}
