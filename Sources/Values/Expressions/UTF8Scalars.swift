/// The characters of UTF-8 one after the other; what is no UTF-8 is U+FFFD, a byte at a time.
struct UTF8Scalars {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> UInt32? {
        guard index < bytes.count else { return nil }
        let first = bytes[index]
        index += 1
        guard first >= 0x80 else { return UInt32(first) }
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 1
        case 0xE0...0xEF: length = 2
        case 0xF0...0xF4: length = 3
        default: return 0xFFFD
        }
        guard index + length <= bytes.count else { return 0xFFFD }
        var value = UInt32(first) & (0x3F >> UInt32(length))
        for offset in 0..<length {
            let byte = bytes[index + offset]
            guard byte & 0xC0 == 0x80 else { return 0xFFFD }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        index += length
        return value
    }
}
