import Vocabulary

/// A regular expression of a document, matched in time linear in the value.
///
/// Whoever may write a document must not be able to keep the server busy with a pattern that backtracks,
/// and a person's value must not either. So the pattern is compiled to steps that are walked in parallel
/// (Thompson's construction); what needs backtracking (back references, look-around) is refused by name.
/// The whole value must match, whether or not the pattern is anchored.
struct AllowedPattern: Equatable, Sendable {
    indirect enum Node: Equatable, Sendable {
        case empty
        case one(PatternClass)
        case start
        case end
        case sequence([Node])
        case either([Node])
        case repeated(Node, min: Int, max: Int?)
    }

    private enum Step: Equatable, Sendable {
        case one(PatternClass)
        case start
        case end
        case jump(Int)
        case split(Int, Int)
        case match
    }

    private var steps: [Step] = []

    init(parsing pattern: String) throws(UnsupportedPattern) {
        var parser = PatternParser(pattern)
        let node = try parser.parse()
        try compile(node)
        try append(.match)
    }

    private mutating func append(_ step: Step) throws(UnsupportedPattern) {
        guard steps.count < Limits.patternSteps else {
            throw UnsupportedPattern("it is longer than \(Limits.patternSteps) steps")
        }
        steps.append(step)
    }

    private mutating func compile(_ node: Node) throws(UnsupportedPattern) {
        switch node {
        case .empty: break
        case .one(let set): try append(.one(set))
        case .start: try append(.start)
        case .end: try append(.end)
        case .sequence(let nodes): for node in nodes { try compile(node) }
        case .either(let choices): try compileEither(choices)
        case .repeated(let node, let min, let max):
            for _ in 0..<min {
                let before = steps.count
                try compile(node)
                // Nothing repeated is nothing, however often.
                if steps.count == before { return }
            }
            guard let max else { return try compileStar(node) }
            for _ in min..<max { try compileOptional(node) }
        }
    }

    private mutating func compileEither(_ choices: [Node]) throws(UnsupportedPattern) {
        var exits: [Int] = []
        for (index, choice) in choices.enumerated() {
            guard index + 1 < choices.count else {
                try compile(choice)
                break
            }
            let split = steps.count
            try append(.match)
            try compile(choice)
            exits.append(steps.count)
            try append(.match)
            steps[split] = .split(split + 1, steps.count)
        }
        for exit in exits { steps[exit] = .jump(steps.count) }
    }

    private mutating func compileStar(_ node: Node) throws(UnsupportedPattern) {
        let split = steps.count
        try append(.match)
        try compile(node)
        try append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }

    private mutating func compileOptional(_ node: Node) throws(UnsupportedPattern) {
        let split = steps.count
        try append(.match)
        try compile(node)
        steps[split] = .split(split + 1, steps.count)
    }

    /// Whether all of `text` matches.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = Threads(count: steps.count)
        follow(0, at: 0, of: scalars.count, into: &current)
        for (index, scalar) in scalars.enumerated() {
            var next = Threads(count: steps.count)
            for step in current.list {
                guard case .one(let set) = steps[step], set.contains(scalar) else { continue }
                follow(step + 1, at: index + 1, of: scalars.count, into: &next)
            }
            guard !next.list.isEmpty else { return false }
            current = next
        }
        return current.list.contains { steps[$0] == .match }
    }

    /// The steps that wait for a scalar, each once.
    private struct Threads {
        var list: [Int] = []
        var seen: [Bool]

        init(count: Int) { seen = [Bool](repeating: false, count: count) }
    }

    /// Adds every step that is reached from `step` without taking a scalar.
    private func follow(_ step: Int, at index: Int, of count: Int, into threads: inout Threads) {
        var pending = [step]
        while let step = pending.popLast() {
            guard !threads.seen[step] else { continue }
            threads.seen[step] = true
            switch steps[step] {
            case .one, .match: threads.list.append(step)
            case .start: if index == 0 { pending.append(step + 1) }
            case .end: if index == count { pending.append(step + 1) }
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [second, first]
            }
        }
    }
}

/// Why a pattern is not taken, as the end of a sentence.
struct UnsupportedPattern: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description + "." }
}

/// A set of characters.
struct PatternClass: Equatable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]
    private(set) var isNegated = false

    static let any = PatternClass([0...0x09, 0x0B...0x10FFFF])
    static let digit = PatternClass([0x30...0x39])
    static let word = PatternClass([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = PatternClass([0x09...0x0D, 0x20...0x20])

    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) {
        ranges = [scalar.value...scalar.value]
    }

    var negated: PatternClass { PatternClass(ranges, isNegated: !isNegated) }

    /// What is in neither set of ranges can be said of a plain set only.
    mutating func formUnion(_ other: PatternClass) {
        ranges += other.isNegated ? Self.complement(of: other.ranges) : other.ranges
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    private static func complement(
        of ranges: [ClosedRange<UInt32>]
    ) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}
