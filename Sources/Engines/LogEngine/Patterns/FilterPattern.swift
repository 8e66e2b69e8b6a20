import Vocabulary

/// Why a filter pattern was refused, in the words the caller reads.
package struct InvalidFilterPattern: Error, Equatable, Sendable {
    package let message: String
}

/// A filter pattern, read: which messages it matches.
///
/// The first character that is not blank decides the kind: `{` JSON, `[` space-delimited, anything else
/// text. JSON and space-delimited patterns are not had yet and are refused by name.
/// See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
package enum FilterPattern: Sendable {
    case everything
    case text(TextPattern)

    package init(parsing pattern: String) throws(InvalidFilterPattern) {
        guard Limits.Logs.filterPatternLength.contains(pattern.unicodeScalars.count) else {
            throw InvalidFilterPattern(message: "Filter pattern is too long.")
        }
        let blanks: Set<Character> = [" ", "\t", "\n", "\r"]
        switch pattern.first(where: { !blanks.contains($0) }) {
        case nil:
            self = .everything
        case "{":
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: JSON patterns ({ … }) are not supported yet."
            )
        case "[":
            throw InvalidFilterPattern(
                message:
                    "Invalid filter pattern: space-delimited patterns ([ … ]) are not supported yet."
            )
        default:
            let text = try TextPattern(parsing: pattern)
            self = text.matchesEverything ? .everything : .text(text)
        }
    }

    /// Whether a message, as UTF-8, is one that the pattern asks for.
    package func matches(_ message: [UInt8]) -> Bool {
        switch self {
        case .everything: true
        case .text(let pattern): pattern.matches(message)
        }
    }
}
