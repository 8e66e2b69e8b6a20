import Expressions
import Vocabulary

/// An `allowedPattern` of a document: the whole value must match, whether or not the pattern is anchored.
///
/// Whoever may write a document must not be able to keep the server busy with it, and a person's value must
/// not either; `Expression` says how that is prevented. What needs backtracking is refused by name.
struct AllowedPattern: Equatable, Sendable {
    private let expression: Expression

    init(parsing pattern: String) throws(UnsupportedPattern) {
        var parser = PatternParser(pattern)
        let node = try parser.parse()
        do {
            expression = try Expression(node, limit: Limits.allowedPattern)
        } catch {
            throw UnsupportedPattern(error.description)
        }
    }

    /// Whether all of `text` matches.
    func matches(
        _ text: String,
        spending budget: inout ExpressionBudget
    ) throws(ExpressionBudgetSpent) -> Bool {
        try expression.matches(Array(text.utf8), .whole, spending: &budget)
    }
}

extension Limits {
    fileprivate static let allowedPattern = ExpressionLimit(
        steps: Limits.patternSteps,
        ranges: Limits.patternRanges
    )
}

/// Why a pattern is not taken, as the end of a sentence.
struct UnsupportedPattern: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description + "." }
}
