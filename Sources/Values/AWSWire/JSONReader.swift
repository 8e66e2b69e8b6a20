import Vocabulary

/// Reads a JSON document (RFC 8259) in one pass, strictly, and no deeper than `Limits.wireNesting`.
///
/// Written by hand, since Foundation's decoder takes about three times as long on a batch of log events,
/// and accepts what is no JSON, such as a comma before a closing brace.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0

    /// The value in a document that is UTF-8 and holds nothing else.
    static func read(_ bytes: [UInt8]) throws(MalformedBody) -> JSONValue {
        guard (try? UTF8Span(validating: bytes.span)) != nil else {
            throw MalformedBody("it is not UTF-8")
        }
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 1)
        reader.skipSpace()
        guard reader.index == bytes.count else { throw MalformedBody("text follows the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value(depth: Int) throws(MalformedBody) -> JSONValue {
        guard depth <= Limits.wireNesting else { throw MalformedBody("it nests too deep") }
        skipSpace()
        guard index < bytes.count else { throw Self.tooShort }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(MalformedBody) -> JSONValue {
        index += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw MalformedBody("a member has no name")
            }
            let name = try text()
            skipSpace()
            guard take(":") else { throw MalformedBody("a member has no value") }
            members.append(JSONValue.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw MalformedBody("a structure does not end") }
        }
    }

    private mutating func array(depth: Int) throws(MalformedBody) -> JSONValue {
        index += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(values) }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw MalformedBody("a list does not end") }
        }
    }

    /// A text; the reader stands at its first quote.
    private mutating func text() throws(MalformedBody) -> JSONText {
        let start = index + 1
        var at = start
        var hasEscapes = false
        while true {
            at = bytes.withUnsafeBytes { Self.firstSpecial(in: $0, from: at) }
            guard at < bytes.count else { throw Self.tooShort }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                index = at + 1
                return JSONText(range: start..<at, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                at += 2
            default:
                throw MalformedBody("a string holds a control character")
            }
        }
    }

    /// Where the next quote, backslash or control character stands; the end of the bytes if nowhere.
    ///
    /// Eight bytes at a time: most of a body is the inside of strings. A byte's high bit is set in the
    /// word when the byte is zero after the exclusive or, or below 0x20; borrows only go past a byte
    /// that is found anyway.
    private static func firstSpecial(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at + 8 <= bytes.count {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            )
            let quotes = word ^ (ones &* 0x22)
            let slashes = word ^ (ones &* 0x5C)
            let found =
                (quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes
                | (word &- ones &* 0x20) & ~word
            let marks = found & (ones &* 0x80)
            if marks != 0 { return at + marks.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.count, bytes[at] >= 0x20, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
        return at
    }

    private mutating func number() throws(MalformedBody) -> JSONValue {
        let start = index
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return .number(start..<index)
    }

    private mutating func digits() throws(MalformedBody) {
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        guard index > start else { throw MalformedBody("there is no value where one belongs") }
    }

    private mutating func word(
        _ word: StaticString,
        _ value: JSONValue
    ) throws(MalformedBody) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard bytes.count - index >= count else { throw Self.tooShort }
        for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] {
            throw MalformedBody("there is no value where one belongs")
        }
        index += count
        return value
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private static let tooShort = MalformedBody("it ends too early")
}
