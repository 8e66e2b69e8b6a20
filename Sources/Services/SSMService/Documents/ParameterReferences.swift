import SessionWire

/// References to parameters in the strings of a document: `{{ name }}`.
///
/// The agent replaces them on the node; the server does the same to the few preferences that it acts on. A
/// reference to a Parameter Store value, `{{ssm:name}}`, is the agent's alone.
enum ParameterReferences {
    private enum Piece {
        case text(Substring)
        case reference(String)
    }

    /// The parameters that a value refers to, anywhere inside.
    static func names(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text):
            pieces(of: text).compactMap {
                guard case .reference(let name) = $0 else { return nil }
                return name
            }
        case .array(let values): values.flatMap(names)
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { names(in: $0.value) }
        case .null, .bool, .integer, .number: []
        }
    }

    /// Whether a value is a string that refers to parameters, so that what it will be is not known yet.
    static func isReference(_ value: JSONValue) -> Bool {
        guard case .string = value else { return false }
        return !names(in: value).isEmpty
    }

    /// The value with its references replaced.
    ///
    /// What has no value stays as it is written. A string that is one reference and nothing else becomes the value itself. There is no recursion: a
    /// value that looks like a reference is text.
    static func replaced(in value: JSONValue, with values: [String: JSONValue]) -> JSONValue {
        switch value {
        case .string(let text): replaced(in: text, with: values)
        case .array(let elements): .array(elements.map { replaced(in: $0, with: values) })
        case .object(let members): .object(members.mapValues { replaced(in: $0, with: values) })
        case .null, .bool, .integer, .number: value
        }
    }

    private static func replaced(
        in text: String,
        with values: [String: JSONValue]
    ) -> JSONValue {
        let pieces = pieces(of: text)
        if pieces.count == 1, case .reference(let name) = pieces[0], let value = values[name] {
            return value
        }
        let parts = pieces.map { piece -> String in
            switch piece {
            case .text(let text): String(text)
            case .reference(let name): values[name].flatMap(rendered) ?? "{{ \(name) }}"
            }
        }
        return .string(parts.joined())
    }

    private static func rendered(_ value: JSONValue) -> String? {
        guard case .string(let text) = value else { return try? value.text() }
        return text
    }

    /// Cuts a text at its references: `{{`, blanks, a name of letters and digits, blanks, `}}`.
    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(text)
        var plainStart = rest.startIndex
        while let open = rest.firstRange(of: "{{") {
            let inside = rest[open.upperBound...]
            guard let close = inside.firstRange(of: "}}") else { break }
            let name = inside[..<close.lowerBound].trimmingBlanks
            if !name.isEmpty, name.utf8.allSatisfy(isNameByte) {
                if plainStart < open.lowerBound {
                    pieces.append(.text(text[plainStart..<open.lowerBound]))
                }
                pieces.append(.reference(String(name)))
                plainStart = close.upperBound
                rest = rest[close.upperBound...]
            } else {
                rest = rest[text.index(after: open.lowerBound)...]
            }
        }
        if plainStart < text.endIndex { pieces.append(.text(text[plainStart...])) }
        return pieces
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }
}
