import Expressions
import Vocabulary

/// A regular expression of AWS's subset, matched anywhere in a message in time linear in its length.
///
/// The subset has no groups and no back references: an expression is a choice of sequences of repeated
/// characters, with `Limits.Logs.regexPositions` of them at most.
package struct PatternRegex: Sendable {
    private let expression: Expression

    init(parsing text: [Unicode.Scalar]) throws(InvalidFilterPattern) {
        var parser = RegexParser(text)
        let node = try parser.parse()
        do {
            expression = try Expression(
                node,
                limit: ExpressionLimit(
                    steps: Limits.Logs.regexSteps,
                    ranges: Limits.Logs.regexRanges
                )
            )
        } catch {
            throw InvalidFilterPattern(
                message: "Invalid filter pattern: invalid regular expression: \(error)."
            )
        }
    }

    package func matches(_ message: [UInt8]) -> Bool {
        // What a message and an expression may be is limited, and so is what one costs under the other.
        var budget = ExpressionBudget(.max)
        do {
            return try expression.matches(message, .anywhere, spending: &budget)
        } catch {
            return false
        }
    }
}
