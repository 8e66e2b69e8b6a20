/// CRC-32C (Castagnoli), as iSCSI and ext4 use it: tells torn and damaged bytes, and protects from nobody.
///
/// Eight bytes at a step, by eight tables.
struct Checksum {
    private var register: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~register }

    static func of(_ bytes: [UInt8]) -> UInt32 {
        var checksum = Checksum()
        bytes.withUnsafeBytes { checksum.add($0) }
        return checksum.value
    }

    /// Adds an integer, most significant byte first.
    mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { add($0) }
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        register = Self.tables.withUnsafeBufferPointer { tables in
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

    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()
}
