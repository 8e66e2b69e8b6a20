import Expressions
import Simulation
import Testing
import Vocabulary

@testable import SessionDocument

@Suite("An allowed pattern")
struct AllowedPatternTests {
    private func matches(_ pattern: AllowedPattern, _ value: String) throws -> Bool {
        var budget = ExpressionBudget(Limits.patternWork)
        return try pattern.matches(value, spending: &budget)
    }

    @Test(
        arguments: [
            ("^[a-z]+$", ["a", "abc"], ["", "A", "a1", "ab\n"]),
            ("[a-z]+", ["abc"], ["xabc1", "1abc"]),
            ("a|bc|", ["a", "bc", ""], ["b", "abc"]),
            ("(ab)*c?", ["", "ab", "ababc", "c"], ["abab ", "cc", "ba"]),
            ("a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
            ("a{2,}", ["aa", "aaaaa"], ["a"]),
            ("a{2}", ["aa"], ["a", "aaa"]),
            (#"\d\D\w\W\s\S"#, ["1a_- x"], ["aa_- x"]),
            ("[^a-c]", ["d", "é"], ["a", "c"]),
            (#"[\]\-a]+"#, ["]-a"], ["b"]),
            ("[]a]", ["]", "a"], ["b"]),
            ("[a-]+", ["a-a"], ["b"]),
            ("[^]]", ["a"], ["]"]),
            (#"[\d.]+"#, ["1.2"], ["a"]),
            (".", ["x", "\u{1F600}"], ["\n", "", "xy"]),
            ("(?:a+?)b", ["aab"], ["b"]),
            (#"\.\*\("#, [".*("], ["a"]),
            (
                "^([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
                ["1", "22", "8080", "65535"], ["0", "65536", "022", "99999"]
            ),
        ] as [(String, [String], [String])]
    )
    func `matches the whole value`(
        pattern: String,
        good: [String],
        bad: [String]
    ) throws {
        let parsed = try AllowedPattern(parsing: pattern)
        for value in good { #expect(try matches(parsed, value), "\(value)") }
        for value in bad { #expect(try !matches(parsed, value), "\(value)") }
    }

    @Test(arguments: [
        "(", ")", "[", "[a", "a)", "*", "+a", "a**", "a{", "a{2", "a{3,2}", "^*", "a++", "\\",
        "(?=a)", "(?<n>a)", "(?i)a", #"(a)\1"#, #"\b"#, #"\p{L}"#, "[b-a]", "[[:alpha:]]",
        #"[a-\d]"#, "((a{1000}){1000}){1000}", "(((){1000}){1000}){1000}a{1001}",
        String(repeating: "(", count: 100) + String(repeating: ")", count: 100),
    ])
    func `is refused when it needs what is not known`(pattern: String) {
        #expect(throws: UnsupportedPattern.self) { try AllowedPattern(parsing: pattern) }
    }

    @Test func `that makes a backtracking matcher hang is answered at once`() throws {
        let pattern = try AllowedPattern(parsing: "^(a+)+$|^(a|a)*b$")
        #expect(try !matches(pattern, String(repeating: "a", count: 5000) + "!"))
    }

    @Test func `has 1000 steps at most, over all its alternatives`() throws {
        // Beside the characters: a split, a jump, and the end.
        for (good, bad) in [("a{999}", "a{1000}"), ("a{499}|b{498}", "a{499}|b{499}")] {
            _ = try AllowedPattern(parsing: good)
            #expect(throws: UnsupportedPattern.self) { try AllowedPattern(parsing: bad) }
        }
    }

    @Test func `has 2000 ranges at most, over all its classes`() throws {
        let most = String(repeating: "[acegikmoqs][bdfhjlnprt]", count: 100)
        _ = try AllowedPattern(parsing: most)
        #expect(throws: UnsupportedPattern.self) { try AllowedPattern(parsing: most + "a") }
    }

    @Test func `repeated nothing ends`() throws {
        let pattern = try AllowedPattern(parsing: "(a*)*(()*)+")
        #expect(try matches(pattern, "aaa"))
        #expect(try !matches(pattern, "b"))
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `agrees with a naive matcher on random patterns`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<25 {
            let naive = NaivePattern.random(depth: 3, &random)
            let parsed = try AllowedPattern(parsing: naive.text)
            for _ in 0..<20 {
                let value = String(
                    (0..<Int.random(in: 0...5, using: &random)).map { _ in
                        "abc".randomElement(using: &random) ?? "a"
                    }
                )
                let expected = naive.ends(in: Array(value), from: 0).contains(value.count)
                #expect(
                    try matches(parsed, value) == expected,
                    "seed \(seed): \(naive.text) on '\(value)'"
                )
            }
        }
    }
}

/// A second opinion: every way to match, by sets of positions, straight from the definition.
private indirect enum NaivePattern {
    case letter(Character)
    case any
    case both(NaivePattern, NaivePattern)
    case either(NaivePattern, NaivePattern)
    case star(NaivePattern)
    case optional(NaivePattern)

    static func random(depth: Int, _ random: inout SplitMix64) -> NaivePattern {
        guard depth > 0 else {
            return Bool.random(using: &random)
                ? .letter("abc".randomElement(using: &random) ?? "a") : .any
        }
        let one = Self.random(depth: depth - 1, &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .both(one, Self.random(depth: depth - 1, &random))
        case 1: return .either(one, Self.random(depth: depth - 1, &random))
        case 2: return .star(one)
        default: return .optional(one)
        }
    }

    var text: String {
        switch self {
        case .letter(let letter): String(letter)
        case .any: "."
        case .both(let first, let second): "(\(first.text))(\(second.text))"
        case .either(let first, let second): "(\(first.text)|\(second.text))"
        case .star(let inner): "(\(inner.text))*"
        case .optional(let inner): "(\(inner.text))?"
        }
    }

    /// Where a match that begins at `start` may end.
    func ends(in value: [Character], from start: Int) -> Set<Int> {
        switch self {
        case .letter(let letter):
            return start < value.count && value[start] == letter ? [start + 1] : []
        case .any: return start < value.count ? [start + 1] : []
        case .both(let first, let second):
            return first.ends(in: value, from: start)
                .reduce(into: []) { $0.formUnion(second.ends(in: value, from: $1)) }
        case .either(let first, let second):
            return first.ends(in: value, from: start).union(second.ends(in: value, from: start))
        case .optional(let inner): return inner.ends(in: value, from: start).union([start])
        case .star(let inner):
            var reached: Set<Int> = [start]
            var pending = [start]
            while let position = pending.popLast() {
                for end in inner.ends(in: value, from: position) where reached.insert(end).inserted
                {
                    pending.append(end)
                }
            }
            return reached
        }
    }
}
