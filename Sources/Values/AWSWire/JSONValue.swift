import FoundationEssentials

/// A JSON value as it stands in the bytes of a document; texts and numbers are read when they are asked for.
enum JSONValue: Sendable {
    struct Member: Sendable {
        /// The name with its quotes taken off.
        let name: JSONText
        let value: JSONValue
    }

    case null
    case boolean(Bool)
    /// A number that follows the grammar.
    case number(Range<Int>)
    case text(JSONText)
    case array([JSONValue])
    case object([Member])
}

/// The bytes between two quotes, and whether there are escapes among them.
struct JSONText: Sendable {
    let range: Range<Int>
    let hasEscapes: Bool
}

/// Each reading is nil for a value of another kind, or one that the kind does not hold.
extension JSONValue {
    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    func boolean(in document: JSONDocument) -> Bool? {
        if case .boolean(let boolean) = self { boolean } else { nil }
    }

    func string(in document: JSONDocument) -> String? {
        if case .text(let text) = self { document.string(text) } else { nil }
    }

    func integer<Number: FixedWidthInteger>(in document: JSONDocument) -> Number? {
        if case .number(let range) = self { document.integer(range) } else { nil }
    }

    func double(in document: JSONDocument) -> Double? {
        if case .number(let range) = self { document.double(range) } else { nil }
    }

    /// Seconds since 1970, or ISO 8601.
    func date(in document: JSONDocument) -> Date? {
        switch self {
        case .number: double(in: document).flatMap(WireDate.date(seconds:))
        default: string(in: document).flatMap(WireDate.parse)
        }
    }

    func data(in document: JSONDocument) -> Data? {
        string(in: document).flatMap { Data(base64Encoded: $0) }
    }

    /// What it is, for whoever sent it.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .text: "a string"
        case .array: "a list"
        case .object: "a structure"
        }
    }
}
