import Simulation
import Testing

@testable import Expressions

@Suite("An expression")
struct ExpressionTests {
    private static let limit = ExpressionLimit(steps: 2000, ranges: 2000)

    private func compiled(_ node: Expression.Node) throws -> Expression {
        try Expression(node, limit: Self.limit)
    }

    private func matches(
        _ expression: Expression,
        _ text: String,
        _ extent: Expression.Extent
    ) throws -> Bool {
        var budget = ExpressionBudget(1_000_000)
        return try expression.matches(Array(text.utf8), extent, spending: &budget)
    }

    /// What matching spends.
    private func work(_ expression: Expression, _ text: [UInt8]) throws -> Int {
        var budget = ExpressionBudget(.max)
        _ = try expression.matches(text, .whole, spending: &budget)
        return .max - budget.left
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `agrees with a matcher that tries every way`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let node = RandomNode.make(depth: 3, &random)
            let expression = try compiled(node)
            for _ in 0..<20 {
                let text = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                    "abé".unicodeScalars.randomElement(using: &random) ?? "a"
                }
                let naive = Backtracker(text: text.map(\.value))
                var string = String.UnicodeScalarView()
                string.append(contentsOf: text)
                let place = "seed \(seed): \(node) on '\(String(string))'"
                let isWhole = naive.matches(node, from: 0) { $0 == text.count }
                #expect(
                    try matches(expression, String(string), .whole) == isWhole,
                    "\(place), whole"
                )
                let isAnywhere = (0...text.count).contains {
                    naive.matches(node, from: $0) { _ in true }
                }
                #expect(
                    try matches(expression, String(string), .anywhere) == isAnywhere,
                    "\(place), anywhere"
                )
            }
        }
    }

    /// Expressions on which backtracking takes exponential or polynomial time.
    private static let hard: [Expression.Node] = {
        let a = Expression.Node.one(CharacterClass("a" as Unicode.Scalar))
        let star = Expression.Node.repeated(a, min: 0, max: nil)
        let wide = Expression.Node.one(CharacterClass("b" as Unicode.Scalar).inverted)
        return [
            .repeated(.repeated(a, min: 1, max: nil), min: 1, max: nil),
            .repeated(.either([a, a]), min: 0, max: nil),
            .sequence([Expression.Node](repeating: star, count: 30)),
            .sequence([.repeated(a, min: 0, max: 60), .repeated(a, min: 60, max: 60)]),
            .sequence([Expression.Node](repeating: .repeated(wide, min: 0, max: nil), count: 200)),
        ]
    }()

    @Test(arguments: hard.indices)
    func `takes work linear in the text, whatever it is`(index: Int) throws {
        let expression = try compiled(Self.hard[index])
        let texts = [1000, 2000, 4000].map { count in
            [UInt8](repeating: UInt8(ascii: "a"), count: count) + Array("!b".utf8)
        }
        let works = try texts.map { try work(expression, $0) }
        for (text, work) in zip(texts, works) {
            #expect(work <= expression.workPerCharacter * (text.count + 1))
        }
        // A thousand characters more cost what the thousand before cost, twice for two thousand.
        #expect(works[2] - works[1] == 2 * (works[1] - works[0]))
    }

    @Test func `stops when its budget is spent, and not a step earlier`() throws {
        let expression = try compiled(Self.hard[0])
        let text = Array("aaaaaaaa".utf8)
        let needed = try work(expression, text)
        var enough = ExpressionBudget(needed)
        #expect(try expression.matches(text, .whole, spending: &enough))
        #expect(enough.left == 0)
        var tooLittle = ExpressionBudget(needed - 1)
        #expect(throws: ExpressionBudgetSpent.self) {
            try expression.matches(text, .whole, spending: &tooLittle)
        }
    }

    @Test func `shares a budget with what was matched before`() throws {
        let expression = try compiled(Self.hard[0])
        let text = Array("aaaa".utf8)
        var budget = ExpressionBudget(try work(expression, text) * 2)
        for _ in 0..<2 { _ = try expression.matches(text, .whole, spending: &budget) }
        #expect(throws: ExpressionBudgetSpent.self) {
            try expression.matches(text, .whole, spending: &budget)
        }
    }

    @Test func `has its limit of steps over all its alternatives`() throws {
        let a = Expression.Node.one(CharacterClass("a" as Unicode.Scalar))
        func alternatives(_ first: Int, _ second: Int) -> Expression.Node {
            .either([
                .repeated(a, min: first, max: first), .repeated(a, min: second, max: second),
            ])
        }
        // Beside the characters: a split, a jump, and the end.
        let limit = ExpressionLimit(steps: 100, ranges: 1000)
        _ = try Expression(alternatives(50, 47), limit: limit)
        #expect(throws: ExpressionTooLarge.self) {
            try Expression(alternatives(50, 48), limit: limit)
        }
        #expect(throws: ExpressionTooLarge.self) {
            try Expression(alternatives(48, 50), limit: limit)
        }
    }

    @Test func `has its limit of ranges over all its classes`() throws {
        let limit = ExpressionLimit(steps: 100, ranges: 20)
        func one(_ start: UInt32, _ count: UInt32) -> Expression.Node {
            .one(CharacterClass((0..<count).map { start + $0 * 2...start + $0 * 2 }))
        }
        _ = try Expression(.sequence([one(0, 10), one(100, 10)]), limit: limit)
        // What is repeated is kept once.
        _ = try Expression(.repeated(one(0, 10), min: 90, max: 90), limit: limit)
        #expect(throws: ExpressionTooLarge.self) {
            try Expression(.either([one(0, 10), one(100, 11)]), limit: limit)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `has classes that hold what their ranges say`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let ranges = (0..<Int.random(in: 0...8, using: &random)).map { _ in
            let start = UInt32.random(in: 0...300, using: &random)
            return start...(start + UInt32.random(in: 0...40, using: &random))
        }
        let set = CharacterClass(ranges)
        for scalar in 0...400 as ClosedRange<UInt32> {
            let expected = ranges.contains { $0.contains(scalar) }
            #expect(set.contains(scalar) == expected, "seed \(seed): \(scalar)")
            #expect(set.inverted.contains(scalar) == !expected, "seed \(seed): \(scalar)")
        }
        #expect(set.inverted.inverted == set)
    }

    @Test(
        arguments: [
            ([0x61, 0xC3, 0xA9], [0x61, 0xE9]), ([0xE2, 0x9C, 0x93], [0x2713]),
            ([0xF0, 0x9F, 0x98, 0x80], [0x1F600]), ([0xC3], [0xFFFD]),
            ([0x80, 0x61], [0xFFFD, 0x61]),
            ([0xE2, 0x61], [0xFFFD, 0x61]), ([], []),
        ] as [([UInt8], [UInt32])]
    )
    func `reads characters, and bytes that are none as U+FFFD`(
        bytes: [UInt8],
        expected: [UInt32]
    ) {
        var scalars = UTF8Scalars(bytes)
        var read: [UInt32] = []
        while let scalar = scalars.next() { read.append(scalar) }
        #expect(read == expected)
    }
}

private enum RandomNode {
    static func make(depth: Int, _ random: inout SplitMix64) -> Expression.Node {
        guard depth > 0 else {
            switch Int.random(in: 0..<7, using: &random) {
            case 0: return .one(.anything)
            case 1: return .one(CharacterClass("a" as Unicode.Scalar).inverted)
            case 2: return .one(CharacterClass("é" as Unicode.Scalar))
            case 3: return .start
            case 4: return .end
            case 5: return .empty
            default: return .one(CharacterClass("ab".unicodeScalars))
            }
        }
        let one = make(depth: depth - 1, &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .sequence([one, make(depth: depth - 1, &random)])
        case 1: return .either([one, make(depth: depth - 1, &random)])
        case 2: return .repeated(one, min: Int.random(in: 0...1, using: &random), max: nil)
        default:
            let min = Int.random(in: 0...2, using: &random)
            return .repeated(one, min: min, max: min + Int.random(in: 0...2, using: &random))
        }
    }
}

/// A second opinion, straight from the definition: tries every way, one after the other.
private struct Backtracker {
    let text: [UInt32]

    /// Whether `node` matches from `start` so that `rest` is content with where it ends.
    func matches(_ node: Expression.Node, from start: Int, _ rest: (Int) -> Bool) -> Bool {
        switch node {
        case .empty: rest(start)
        case .one(let set):
            start < text.count && set.ranges.contains { $0.contains(text[start]) }
                && rest(start + 1)
        case .start: start == 0 && rest(start)
        case .end: start == text.count && rest(start)
        case .sequence(let nodes):
            nodes.isEmpty
                ? rest(start)
                : matches(nodes[0], from: start) {
                    matches(.sequence(Array(nodes.dropFirst())), from: $0, rest)
                }
        case .either(let choices): choices.contains { matches($0, from: start, rest) }
        case .repeated(let node, let min, let max):
            repeated(node, min, max, from: start, rest)
        }
    }

    private func repeated(
        _ node: Expression.Node,
        _ min: Int,
        _ max: Int?,
        from start: Int,
        _ rest: (Int) -> Bool
    ) -> Bool {
        if min == 0, rest(start) { return true }
        if let max, max == 0 { return false }
        return matches(node, from: start) { end in
            // A round of nothing more leads nowhere that this one does not.
            if end == start, min == 0 { return false }
            return repeated(node, Swift.max(0, min - 1), max.map { $0 - 1 }, from: end, rest)
        }
    }
}
