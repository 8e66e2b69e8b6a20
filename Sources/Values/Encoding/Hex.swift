/// Hexadecimal digits (RFC 4648, section 8).
package enum Hex {
    /// Which digits a text may have.
    package enum Digits: Sendable {
        case lowercase
        case anyCase
    }

    /// Two lower-case digits for each byte.
    package static func text(of bytes: some Sequence<UInt8>) -> String {
        // A buffer at once: what comes from another module costs a call for each byte.
        let bytes = Array(bytes)
        return String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
            var index = 0
            for byte in bytes {
                buffer[index] = digit(byte >> 4)
                buffer[index + 1] = digit(byte & 15)
                index += 2
            }
            return index
        }
    }

    /// Sixteen bytes as a UUID in lower case, with its hyphens (RFC 9562).
    package static func uuid(_ bytes: [UInt8]) -> String {
        let digits = text(of: bytes).utf8
        var text: [UInt8] = []
        text.reserveCapacity(digits.count + 4)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that an even number of digits stands for.
    package static func bytes(
        of text: some StringProtocol,
        in digits: Digits = .anyCase
    ) throws(MalformedText) -> [UInt8] {
        let text = Array(text.utf8)
        guard text.count.isMultiple(of: 2) else { throw .length(text.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = value(text[index], in: digits) else { throw .unexpected(at: index) }
            guard let low = value(text[index + 1], in: digits) else {
                throw .unexpected(at: index + 1)
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }

    static func uppercaseDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x41 + value - 10
    }

    static func value(_ digit: UInt8, in digits: Digits = .anyCase) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46 where digits == .anyCase: digit - 0x41 + 10
        default: nil
        }
    }
}
