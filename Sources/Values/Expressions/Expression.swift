// Expressions: regular expressions, matched in time linear in the text. Dialects have their own parsers, beside
// those who need them; this is the one engine behind them. Values only.

/// A regular expression, compiled.
///
/// Whoever may write an expression, or a text that is held against one, must not be able to keep the server
/// busy. So nothing backtracks: the expression becomes steps (Thompson's construction) that are walked in
/// parallel, each at most once a character. Work is counted in steps and paid from a budget, and what needs
/// backtracking, such as back references and look-around, has no node here.
package struct Expression: Equatable, Sendable {
    /// What a dialect's parser makes of its text.
    package indirect enum Node: Equatable, Sendable {
        case empty
        case one(CharacterClass)
        /// The beginning of the text.
        case start
        /// The end of the text.
        case end
        case sequence([Node])
        case either([Node])
        case repeated(Node, min: Int, max: Int?)
    }

    /// How much of a text has to match.
    package enum Extent: Sendable {
        case whole
        case anywhere
    }

    enum Step: Equatable, Sendable {
        /// Takes a character of the class with this number.
        case one(Int)
        case start
        case end
        case jump(Int)
        case split(Int, Int)
        case match
    }

    let steps: [Step]
    let classes: [CharacterClass]
    /// The characters before which a match may begin inside a text; nil where it may before any.
    private let starters: CharacterClass?

    /// Compiles a node into at most `limit` steps, counted over all its alternatives and repetitions.
    package init(_ node: Node, limit: ExpressionLimit) throws(ExpressionTooLarge) {
        var compiler = ExpressionCompiler(limit: limit)
        try compiler.compile(node)
        steps = compiler.steps
        classes = compiler.classes
        var threads = ExpressionThreads(steps, classes)
        threads.enter(0, isAtStart: false, isAtEnd: false)
        starters = threads.hasMatched ? nil : threads.nextCharacters
    }

    /// Steps that one character can cost: each is reached once, and tried once on the character.
    package var workPerCharacter: Int { 2 * steps.count }

    /// Whether a text, as UTF-8, matches; a byte that is no UTF-8 counts as U+FFFD.
    package func matches(
        _ text: [UInt8],
        _ extent: Extent,
        spending budget: inout ExpressionBudget
    ) throws(ExpressionBudgetSpent) -> Bool {
        var scalars = UTF8Scalars(text)
        var threads = ExpressionThreads(steps, classes)
        var upcoming = scalars.next()
        threads.enter(0, isAtStart: true, isAtEnd: upcoming == nil)
        while true {
            try budget.spend(threads.takeWork())
            guard let scalar = upcoming else { return threads.hasMatched }
            if extent == .anywhere, threads.hasMatched { return true }
            if extent == .whole, threads.isEmpty { return false }
            upcoming = scalars.next()
            threads.advance(over: scalar, isAtEnd: upcoming == nil)
            if extent == .anywhere, canStart(before: upcoming) {
                threads.enter(0, isAtStart: false, isAtEnd: upcoming == nil)
            }
        }
    }
}

extension Expression {
    private func canStart(before scalar: UInt32?) -> Bool {
        guard let starters, let scalar else { return true }
        return starters.contains(scalar)
    }
}

/// How large a compiled expression may be.
package struct ExpressionLimit: Sendable {
    package let steps: Int
    /// Ranges of all its classes together.
    package let ranges: Int

    package init(steps: Int, ranges: Int) {
        self.steps = steps
        self.ranges = ranges
    }
}

/// Which limit an expression is past, as the end of a sentence that begins with the expression.
package struct ExpressionTooLarge: Error, Equatable, CustomStringConvertible {
    package let description: String
}

/// The steps that a call may still spend on matching.
package struct ExpressionBudget: Sendable {
    package private(set) var left: Int

    package init(_ steps: Int) { left = steps }

    mutating func spend(_ steps: Int) throws(ExpressionBudgetSpent) {
        left -= steps
        guard left >= 0 else { throw ExpressionBudgetSpent() }
    }
}

/// A match was given up because it took more work than its call may cause.
package struct ExpressionBudgetSpent: Error, Equatable {}
