import Vocabulary

/// JSON as a policy document needs it: every value remembers where it stood, and members keep their order.
struct PolicyJSON {
    enum Value {
        case object([Member])
        case array([PolicyJSON])
        case string(String)
        /// As it was written.
        case number(String)
        case bool(Bool)
        case null
    }

    struct Member {
        let name: String
        /// Where the member's name began, in bytes.
        let offset: Int
        let value: PolicyJSON
    }

    let value: Value
    /// Where the value began, in bytes.
    let offset: Int
    /// Where it was over.
    let end: Int

    /// The elements of a list, or the one value where a list may be left out.
    var elements: [PolicyJSON] {
        if case .array(let elements) = value { elements } else { [self] }
    }
}

/// Why a text is not JSON, and where.
struct PolicyJSONError: Error, Equatable {
    let reason: String
    let offset: Int
}

/// Reads JSON (RFC 8259) in one pass over the bytes.
///
/// Stricter than the standard in two things: a name may stand only once in an object, and nesting has a limit,
/// so that a hostile document can neither say two things at once nor exhaust the stack.
struct PolicyJSONReader {
    private let bytes: [UInt8]
    private var index = 0

    static func read(_ text: String) throws(PolicyJSONError) -> PolicyJSON {
        var reader = PolicyJSONReader(bytes: Array(text.utf8))
        let root = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.bytes.count else {
            throw reader.failure("text after the end of the document")
        }
        return root
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func failure(_ reason: String) -> PolicyJSONError {
        PolicyJSONError(reason: reason, offset: index)
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    private mutating func value(depth: Int) throws(PolicyJSONError) -> PolicyJSON {
        guard depth < Limits.policyNesting else { throw failure("too deeply nested") }
        skipSpace()
        let offset = index
        let value: PolicyJSON.Value
        switch next {
        case UInt8(ascii: "{"): value = try object(depth: depth)
        case UInt8(ascii: "["): value = try array(depth: depth)
        case UInt8(ascii: "\""): value = .string(try string())
        case UInt8(ascii: "t"): value = try word("true", .bool(true))
        case UInt8(ascii: "f"): value = try word("false", .bool(false))
        case UInt8(ascii: "n"): value = try word("null", .null)
        case UInt8(ascii: "-"): value = try number()
        case .some(0x30...0x39): value = try number()
        case nil: throw failure("unexpected end of the document")
        default: throw failure("unexpected character")
        }
        return PolicyJSON(value: value, offset: offset, end: index)
    }

    private mutating func word(
        _ word: String,
        _ value: PolicyJSON.Value
    ) throws(PolicyJSONError) -> PolicyJSON.Value {
        guard bytes[index...].starts(with: word.utf8) else { throw failure("unexpected character") }
        index += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(PolicyJSONError) -> PolicyJSON.Value {
        index += 1
        var members: [PolicyJSON.Member] = []
        var names: Set<String> = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("expected a member's name") }
            let offset = index
            let name = try string()
            guard names.insert(name).inserted else {
                throw PolicyJSONError(reason: "duplicate member \"\(name)\"", offset: offset)
            }
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw failure("expected ':'") }
            index += 1
            let value = try value(depth: depth + 1)
            members.append(PolicyJSON.Member(name: name, offset: offset, value: value))
            guard try continues(until: UInt8(ascii: "}")) else { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws(PolicyJSONError) -> PolicyJSON.Value {
        index += 1
        var elements: [PolicyJSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth + 1))
            guard try continues(until: UInt8(ascii: "]")) else { return .array(elements) }
        }
    }

    /// Whether a comma follows; the closing bracket ends it, and anything else is wrong.
    private mutating func continues(until end: UInt8) throws(PolicyJSONError) -> Bool {
        skipSpace()
        guard let byte = next else { throw failure("unexpected end of the document") }
        guard byte == end || byte == UInt8(ascii: ",") else {
            throw failure("expected ',' or '\(Character(UnicodeScalar(end)))'")
        }
        index += 1
        return byte != end
    }

    private mutating func number() throws(PolicyJSONError) -> PolicyJSON.Value {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else {
            throw failure("malformed number")
        }
        if next == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { throw failure("malformed number") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            guard digits() > 0 else { throw failure("malformed number") }
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        return index - start
    }

    private mutating func string() throws(PolicyJSONError) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20:
                index -= 1
                throw failure("control character in a string")
            default: text.append(byte)
            }
        }
        throw failure("unexpected end of the document")
    }

    private mutating func escape() throws(PolicyJSONError) -> [UInt8] {
        guard let byte = next else { throw failure("unexpected end of the document") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
        default:
            index -= 1
            throw failure("unknown escape")
        }
    }

    private mutating func escapedScalar() throws(PolicyJSONError) -> Character {
        let first = try fourDigits()
        var code = first
        if (0xD800..<0xDC00).contains(first) {
            guard bytes[index...].starts(with: "\\u".utf8) else {
                throw failure("half a surrogate pair")
            }
            index += 2
            let second = try fourDigits()
            guard (0xDC00..<0xE000).contains(second) else { throw failure("half a surrogate pair") }
            code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = UnicodeScalar(code) else { throw failure("half a surrogate pair") }
        return Character(scalar)
    }

    private mutating func fourDigits() throws(PolicyJSONError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure("unexpected end of the document") }
        let digits = String(decoding: bytes[index..<index + 4], as: UTF8.self)
        guard let code = UInt32(digits, radix: 16), !digits.hasPrefix("+") else {
            throw failure("malformed \\u escape")
        }
        index += 4
        return code
    }
}
