import SessionWire

/// Puts parameters in the place of `{{ name }}` (session-protocol 7.2).
///
/// A text that is exactly one reference becomes the value itself, of whatever type; inside longer texts the
/// value is written out. What was put in is not looked through again. A reference to nothing stays.
struct ParameterSubstitution {
    private let values: [String: JSONValue]

    /// Given values, and the defaults of `definitions` for those that are missing.
    init(given: [String: JSONValue], definitions: JSONValue?) {
        var values = given.mapValues(Self.unlisted)
        if case .object(let members)? = definitions {
            for (name, definition) in members where values[name] == nil {
                if let value = definition["default"] { values[name] = value }
            }
        }
        self.values = values
    }

    func applied(to value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): replaced(text)
        case .array(let items): .array(items.map(applied))
        case .object(let members): .object(members.mapValues(applied))
        case .null, .bool, .integer, .number: value
        }
    }

    private func replaced(_ text: String) -> JSONValue {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            let after = rest[open.upperBound...]
            guard let close = after.firstRange(of: "}}") else { break }
            let name = after[..<close.lowerBound].trimmingBlanks()
            result += rest[..<open.lowerBound]
            if let value = values[name] {
                if result.isEmpty, open.lowerBound == text.startIndex,
                    close.upperBound == text.endIndex
                {
                    return value
                }
                result += Self.text(of: value)
                rest = rest[close.upperBound...]
            } else {
                // Not one of ours: the braces stay, and a reference inside them still counts.
                result += "{{"
                rest = after
            }
        }
        return .string(result + rest)
    }

    /// SSM passes every parameter as a list; one of a single value means that value.
    private static func unlisted(_ value: JSONValue) -> JSONValue {
        guard case .array(let items) = value, items.count == 1 else { return value }
        return items[0]
    }

    private static func text(of value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): "\(value)"
        case .string(let value): value
        case .array(let items): items.map(text).joined(separator: ",")
        case .object: ""
        }
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
