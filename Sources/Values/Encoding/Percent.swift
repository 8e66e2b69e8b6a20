/// Percent-escapes (RFC 3986, section 2.1).
package enum Percent {
    /// What a plus sign stands for.
    package enum Plus: Sendable {
        /// Itself, as in a path.
        case plus
        /// A space, as in `application/x-www-form-urlencoded`.
        case space
    }

    /// Escapes every byte but RFC 3986's unreserved characters, with upper-case digits.
    ///
    /// `kept` are further bytes that stay as they are: the slashes of a path.
    package static func encode(
        _ bytes: some Sequence<UInt8>,
        keeping kept: Set<UInt8> = []
    ) -> [UInt8] {
        let bytes = Array(bytes)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 4)
        for byte in bytes {
            if isUnreserved(byte) || !kept.isEmpty && kept.contains(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(Hex.uppercaseDigit(byte >> 4))
                result.append(Hex.uppercaseDigit(byte & 15))
            }
        }
        return result
    }

    package static func encode(_ text: some StringProtocol) -> String {
        String(decoding: encode(text.utf8), as: UTF8.self)
    }

    /// The bytes that a text with escapes stands for; digits of either case.
    package static func bytes(
        of text: some Sequence<UInt8>,
        plus: Plus = .plus
    ) throws(MalformedText) -> [UInt8] {
        try decode(Array(text), plus: plus) { (failure) throws(MalformedText) in throw failure }
    }

    /// The same where a percent sign that begins no escape stands for itself.
    package static func lenientBytes(
        of text: some Sequence<UInt8>,
        plus: Plus = .plus
    ) -> [UInt8] {
        decode(Array(text), plus: plus) { _ in }
    }

    /// Decodes, and goes on with the percent sign as it is if `failed` returns.
    private static func decode<Failure>(
        _ text: [UInt8],
        plus: Plus,
        failed: (MalformedText) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "%"):
                switch escaped(in: text, at: index) {
                case .success(let value):
                    result.append(value)
                    index += 3
                case .failure(let failure):
                    try failed(failure)
                    result.append(byte)
                    index += 1
                }
            case UInt8(ascii: "+") where plus == .space:
                result.append(UInt8(ascii: " "))
                index += 1
            default:
                result.append(byte)
                index += 1
            }
        }
        return result
    }

    /// The text that a text with escapes stands for.
    package static func text(
        of text: some Sequence<UInt8>,
        plus: Plus = .plus
    ) throws(MalformedText) -> String {
        guard let result = String(validating: try bytes(of: text, plus: plus), as: UTF8.self) else {
            throw .notUTF8
        }
        return result
    }

    /// The byte that the escape at that place stands for.
    private static func escaped(in text: [UInt8], at index: Int) -> Result<UInt8, MalformedText> {
        guard index + 2 < text.count else { return .failure(.length(text.count)) }
        guard let high = Hex.value(text[index + 1]) else {
            return .failure(.unexpected(at: index + 1))
        }
        guard let low = Hex.value(text[index + 2]) else {
            return .failure(.unexpected(at: index + 2))
        }
        return .success(high << 4 | low)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
