/// Base 64 with its padding (RFC 4648, section 4).
package enum Base64 {
    package static func text(of bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        return String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { buffer in
            var written = 0
            var index = 0
            while index < bytes.count {
                let left = bytes.count - index
                let second = left > 1 ? bytes[index + 1] : 0
                let third = left > 2 ? bytes[index + 2] : 0
                buffer[written] = letter(bytes[index] >> 2)
                buffer[written + 1] = letter(bytes[index] << 4 & 0x30 | second >> 4)
                buffer[written + 2] = left > 1 ? letter(second << 2 & 0x3C | third >> 6) : padding
                buffer[written + 3] = left > 2 ? letter(third & 0x3F) : padding
                written += 4
                index += 3
            }
            return written
        }
    }

    /// The bytes that a text stands for.
    ///
    /// Bits that the last letter has too many are not looked at, as with most decoders: several texts may stand
    /// for the same bytes. Where a text must be the only one, ask for `canonicalBytes`.
    package static func bytes(of text: some StringProtocol) throws(MalformedText) -> [UInt8] {
        try decode(Array(text.utf8), isCanonical: false)
    }

    /// The bytes of a text that `text(of:)` would write, and of no other.
    package static func canonicalBytes(
        of text: some StringProtocol
    ) throws(MalformedText) -> [UInt8] {
        try decode(Array(text.utf8), isCanonical: true)
    }

    private static func decode(
        _ text: [UInt8],
        isCanonical: Bool
    ) throws(MalformedText) -> [UInt8] {
        guard text.count.isMultiple(of: 4) else { throw .length(text.count) }
        var letters = text.count
        while letters > 0, text.count - letters < 2, text[letters - 1] == padding { letters -= 1 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters * 3 / 4)
        var (bits, count): (UInt32, UInt32) = (0, 0)
        for index in 0..<letters {
            guard let value = value(text[index]) else { throw .unexpected(at: index) }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard !isCanonical || bits & ((1 << count) - 1) == 0 else {
            throw .unexpected(at: letters - 1)
        }
        return bytes
    }

    private static let padding = UInt8(ascii: "=")

    private static func letter(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + 0x41
        case 26..<52: value - 26 + 0x61
        case 52..<62: value - 52 + 0x30
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 0x41...0x5A: letter - 0x41
        case 0x61...0x7A: letter - 0x61 + 26
        case 0x30...0x39: letter - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
