/// Percent-encoding as signatures want it: RFC 3986's unreserved characters stand, all others are `%XX`.
package enum URIEncoding {
    /// Encodes a text; with `keepingSlashes` for a path.
    package static func encode(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String
    {
        var result: [UInt8] = []
        append(text.utf8, keepingSlashes: keepingSlashes, to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    static func append(
        _ bytes: some Sequence<UInt8>,
        keepingSlashes: Bool,
        to result: inout [UInt8]
    ) {
        for byte in bytes {
            if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(upperDigit(byte >> 4))
                result.append(upperDigit(byte & 15))
            }
        }
    }

    /// Decodes `%XX` and, where `plusIsSpace`, `+`; a percent sign that begins no escape stands for itself.
    package static func decode(
        _ text: some StringProtocol,
        plusIsSpace: Bool
    ) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return bytes
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = bytes[index + 1].hexDigitValue, let low = bytes[index + 2].hexDigitValue
            {
                result.append(high << 4 | low)
                index += 3
                continue
            }
            result.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return result
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x37 + value
    }
}
