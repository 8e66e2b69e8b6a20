/// The bytes that JSON values point into, and how those are read.
///
/// A class, since all decoders of one document share the bytes.
final class JSONDocument: Sendable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The text with its escapes undone; nil for an escape that is none, or half of a surrogate pair.
    func string(_ text: JSONText) -> String? {
        guard text.hasEscapes else { return String(decoding: bytes[text.range], as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(text.range.count)
        var rest = bytes[text.range]
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            result.append(contentsOf: rest[..<backslash])
            rest = rest[(backslash + 1)...]
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = Self.scalar(&rest) else { return nil }
                result.append(contentsOf: String(scalar).utf8)
            default: return nil
            }
        }
        result.append(contentsOf: rest)
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether the text is `name`, without making a string of it where it has no escapes.
    func isEqual(_ text: JSONText, _ name: String) -> Bool {
        text.hasEscapes ? string(text) == name : bytes[text.range].elementsEqual(name.utf8)
    }

    /// The number as a whole one; nil when it has a fraction or does not fit.
    func integer<Number: FixedWidthInteger>(_ range: Range<Int>) -> Number? {
        var result: Number = 0
        var isNegative = false
        for (offset, byte) in bytes[range].enumerated() {
            if offset == 0, byte == UInt8(ascii: "-") {
                isNegative = true
                continue
            }
            // `1.0` and `1e3` are whole numbers too, for clients that write all numbers so.
            guard (0x30...0x39).contains(byte) else {
                return Number(exactly: double(range) ?? .nan)
            }
            let digit = Number(byte - 0x30)
            let (tenfold, isTooLarge) = result.multipliedReportingOverflow(by: 10)
            let (sum, isPast) =
                isNegative
                ? tenfold.subtractingReportingOverflow(digit)
                : tenfold.addingReportingOverflow(digit)
            guard !isTooLarge, !isPast else { return nil }
            result = sum
        }
        return result
    }

    /// The number as a floating one; nil when it is beyond all of them.
    func double(_ range: Range<Int>) -> Double? {
        Double(String(decoding: bytes[range], as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The scalar after `\u`, which may be written as a surrogate pair.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let first = unit(&rest) else { return nil }
        guard (0xD800...0xDFFF).contains(first) else { return Unicode.Scalar(first) }
        guard first < 0xDC00, rest.popFirst() == UInt8(ascii: "\\"),
            rest.popFirst() == UInt8(ascii: "u"), let second = unit(&rest),
            (0xDC00...0xDFFF).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
        guard rest.count >= 4 else { return nil }
        var value: UInt32 = 0
        for byte in rest.prefix(4) {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        rest = rest.dropFirst(4)
        return value
    }
}
