/// Makes a line of console output readable: escape sequences go, tabs become a space, `\r` goes.
///
/// As AWS's agent does for streamed logs (session-protocol 8.3). Backspaces stay, and a line with a
/// malformed sequence is kept as it is but for tabs and `\r`.
enum ConsoleText {
    static func cleaned(_ line: ArraySlice<UInt8>) -> [UInt8] {
        (stripped(line) ?? Array(line)).compactMap { byte in
            switch byte {
            case 0x0D: nil
            case 0x09: 0x20
            default: byte
            }
        }
    }

    /// The bytes without ECMA-48 escape sequences; nil when one of them is malformed.
    private static func stripped(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard line.contains(0x1B) else { return Array(line) }
        var kept: [UInt8] = []
        var rest = line
        while let byte = rest.popFirst() {
            guard byte == 0x1B else {
                kept.append(byte)
                continue
            }
            guard let kind = rest.popFirst(), skip(kind, &rest) else { return nil }
        }
        return kept
    }

    /// Goes past what follows ESC and `kind`; false when it does not end as it must.
    private static func skip(_ kind: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        switch kind {
        case UInt8(ascii: "["):
            // Parameters, intermediates, one final byte.
            while let byte = rest.popFirst() {
                if (0x40...0x7E).contains(byte) { return true }
                guard (0x20...0x3F).contains(byte) else { return false }
            }
            return false
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            // A text up to BEL or ESC \.
            while let byte = rest.popFirst() {
                if byte == 0x07 { return true }
                if byte == 0x1B { return rest.popFirst() == UInt8(ascii: "\\") }
            }
            return false
        case 0x20...0x2F:
            while let byte = rest.popFirst() {
                if (0x30...0x7E).contains(byte) { return true }
                guard (0x20...0x2F).contains(byte) else { return false }
            }
            return false
        case 0x30...0x7E: return true
        default: return false
        }
    }
}
