package import SessionWire
import Vocabulary

/// References to parameters in the strings of a document: `{{ name }}`.
///
/// A name has letters and digits. A reference to a Parameter Store value, `{{ssm:name}}`, is none of these.
package enum ParameterReferences {
    private enum Piece {
        case text(Range<Int>)
        case reference(String, written: Range<Int>)
    }

    /// The parameters that a value refers to, anywhere inside.
    package static func names(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text):
            pieces(of: Array(text.utf8)).compactMap {
                guard case .reference(let name, _) = $0 else { return nil }
                return name
            }
        case .array(let values): values.flatMap(names)
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { names(in: $0.value) }
        case .null, .bool, .integer, .number: []
        }
    }

    /// Whether a value is a string that refers to parameters, so that what it will be is not known yet.
    package static func isReference(_ value: JSONValue) -> Bool {
        guard case .string = value else { return false }
        return !names(in: value).isEmpty
    }

    /// Puts values in the place of references, into the members of one document.
    ///
    /// What has no value stays as it is written. A string that is one reference and nothing else becomes the
    /// value itself, of whatever kind; inside a longer string a value that is no string is its JSON text, so
    /// that a list is `["a","b"]`, as stock agents write it. There is no recursion: a value that looks like a
    /// reference is text.
    package struct Substitution {
        private let values: [String: JSONValue]
        private let texts: [String: String]
        /// Bytes that values may still add.
        private var room = Limits.putInBytes

        package init(_ values: [String: JSONValue]) {
            self.values = values
            texts = values.mapValues { value in
                if case .string(let text) = value { text } else { value.text() }
            }
        }

        package mutating func applied(
            to members: [String: JSONValue]
        ) throws(DocumentProblem) -> [String: JSONValue] {
            var result = members
            for (name, value) in members { result[name] = try applied(to: value) }
            return result
        }

        package mutating func applied(
            to value: JSONValue
        ) throws(DocumentProblem) -> JSONValue {
            switch value {
            case .string(let text): return try replaced(in: text)
            case .array(let elements):
                var result: [JSONValue] = []
                for element in elements { result.append(try applied(to: element)) }
                return .array(result)
            case .object(let members): return .object(try applied(to: members))
            case .null, .bool, .integer, .number: return value
            }
        }

        private mutating func replaced(in text: String) throws(DocumentProblem) -> JSONValue {
            let bytes = Array(text.utf8)
            let pieces = ParameterReferences.pieces(of: bytes)
            if pieces.count == 1, case .reference(let name, _) = pieces[0],
                let value = values[name]
            {
                try take(texts[name] ?? "")
                return value
            }
            var result: [UInt8] = []
            for piece in pieces {
                switch piece {
                case .text(let range): result += bytes[range]
                case .reference(let name, let written):
                    guard let value = texts[name] else {
                        result += bytes[written]
                        continue
                    }
                    try take(value)
                    result += value.utf8
                }
            }
            return .string(String(decoding: result, as: UTF8.self))
        }

        private mutating func take(_ text: String) throws(DocumentProblem) {
            room -= text.utf8.count
            guard room >= 0 else {
                throw .tooMuchWork(
                    "The parameters put more than \(Limits.putInBytes) bytes into the document."
                )
            }
        }
    }

    /// Cuts a text at its references: `{{`, blanks, a name of letters and digits, blanks, `}}`.
    ///
    /// What turns out to be none is looked at once more at most, so that the time is that of the length.
    private static func pieces(of text: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var plainStart = 0
        var index = 0
        while index + 1 < text.count {
            guard text[index] == UInt8(ascii: "{"), let found = reference(in: text, at: index)
            else {
                index += 1
                continue
            }
            if plainStart < index { pieces.append(.text(plainStart..<index)) }
            let name = String(decoding: text[found.name], as: UTF8.self)
            pieces.append(.reference(name, written: index..<found.end))
            plainStart = found.end
            index = found.end
        }
        if plainStart < text.count { pieces.append(.text(plainStart..<text.count)) }
        return pieces
    }

    private static func reference(
        in text: [UInt8],
        at start: Int
    ) -> (name: Range<Int>, end: Int)? {
        func run(from start: Int, _ isOne: (UInt8) -> Bool) -> Int {
            text[start...].firstIndex { !isOne($0) } ?? text.count
        }
        guard text[start + 1] == UInt8(ascii: "{") else { return nil }
        let from = run(from: start + 2, isBlank)
        let to = run(from: from, isNameByte)
        let close = run(from: to, isBlank)
        guard from < to, close + 1 < text.count, text[close] == UInt8(ascii: "}"),
            text[close + 1] == UInt8(ascii: "}")
        else { return nil }
        return (from..<to, close + 2)
    }

    /// What `\s` is to stock agents.
    private static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20: true
        default: false
        }
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
