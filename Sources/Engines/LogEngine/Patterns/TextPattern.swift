import Vocabulary

/// Terms that a message must, may, or must not hold: `ERROR -timeout "user logged in" %sudo|su%`.
///
/// - Plain terms must all occur, in any order; `-` terms must not.
/// - `?` terms: at least one must occur; beside plain terms they are ignored, as AWS documents.
/// - A word or phrase occurs where it stands between characters that are no part of a word; a regular
///   expression occurs anywhere.
///
/// Everything is case-sensitive.
package struct TextPattern: Sendable {
    private var required: [Term] = []
    private var optional: [Term] = []
    private var excluded: [Term] = []

    var matchesEverything: Bool { required.isEmpty && optional.isEmpty && excluded.isEmpty }

    init(parsing text: String) throws(InvalidFilterPattern) {
        var scanner = Scanner(text: Array(text.unicodeScalars))
        var regexes = 0
        while let (mark, term) = try scanner.next() {
            if case .regex = term { regexes += 1 }
            // `" "` is AWS's way of writing a pattern that matches everything.
            if case .phrase(let bytes) = term, bytes.allSatisfy({ $0 == 0x20 }) { continue }
            switch mark {
            case .required: required.append(term)
            case .optional: optional.append(term)
            case .excluded: excluded.append(term)
            }
        }
        guard regexes <= Limits.Logs.regexesPerPattern else {
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: more than "
                    + "\(Limits.Logs.regexesPerPattern) regular expressions."
            )
        }
    }

    func matches(_ message: [UInt8]) -> Bool {
        guard required.allSatisfy({ $0.occurs(in: message) }) else { return false }
        guard !excluded.contains(where: { $0.occurs(in: message) }) else { return false }
        guard required.isEmpty, !optional.isEmpty else { return true }
        return optional.contains { $0.occurs(in: message) }
    }
}

enum Term: Sendable {
    /// A word or a quoted phrase, as UTF-8.
    case phrase([UInt8])
    case regex(PatternRegex)

    func occurs(in message: [UInt8]) -> Bool {
        switch self {
        case .phrase(let phrase): PhraseSearch.occurs(phrase, in: message)
        case .regex(let regex): regex.matches(message)
        }
    }
}

/// Reads one term after the other.
private struct Scanner {
    enum Mark { case required, optional, excluded }

    let text: [Unicode.Scalar]
    private var index = 0

    init(text: [Unicode.Scalar]) {
        self.text = text
    }

    mutating func next() throws(InvalidFilterPattern) -> (Mark, Term)? {
        while index < text.count, text[index].properties.isWhitespace { index += 1 }
        guard index < text.count else { return nil }
        var mark = Mark.required
        if text[index] == "?" { mark = .optional }
        if text[index] == "-" { mark = .excluded }
        if mark != .required { index += 1 }
        guard index < text.count else {
            throw InvalidFilterPattern(message: "Invalid filter pattern: a mark without a term.")
        }
        switch text[index] {
        case "\"": return (mark, .phrase(try quoted()))
        case "%": return (mark, .regex(try regex()))
        default: return (mark, .phrase(try word()))
        }
    }

    private mutating func quoted() throws(InvalidFilterPattern) -> [UInt8] {
        index += 1
        var phrase = String.UnicodeScalarView()
        while index < text.count, text[index] != "\"" {
            // A backslash lets a quotation mark or another backslash stand in the phrase.
            if text[index] == "\\", index + 1 < text.count,
                "\"\\".unicodeScalars.contains(text[index + 1])
            {
                index += 1
            }
            phrase.append(text[index])
            index += 1
        }
        guard index < text.count else {
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: a quotation is not closed."
            )
        }
        index += 1
        try requireEndOfTerm()
        return Array(String(phrase).utf8)
    }

    private mutating func regex() throws(InvalidFilterPattern) -> PatternRegex {
        index += 1
        let start = index
        while index < text.count, text[index] != "%" { index += 1 }
        guard index < text.count else {
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: a regular expression is not closed by %."
            )
        }
        let expression = Array(text[start..<index])
        index += 1
        try requireEndOfTerm()
        return try PatternRegex(parsing: expression)
    }

    private mutating func word() throws(InvalidFilterPattern) -> [UInt8] {
        var word = String.UnicodeScalarView()
        while index < text.count, !text[index].properties.isWhitespace {
            word.append(text[index])
            index += 1
        }
        guard word.allSatisfy(\.isWordCharacter) else {
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: the term '\(String(word))' must stand in "
                    + "quotation marks."
            )
        }
        return Array(String(word).utf8)
    }

    private func requireEndOfTerm() throws(InvalidFilterPattern) {
        guard index == text.count || text[index].properties.isWhitespace else {
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: terms must be separated by blanks."
            )
        }
    }
}

extension Unicode.Scalar {
    /// A letter, digit or underscore.
    fileprivate var isWordCharacter: Bool {
        self == "_" || properties.isAlphabetic || properties.numericType != nil
    }
}
