import Expressions
import Vocabulary

/// Reads the text of an `allowedPattern`.
///
/// Known: literals, `.`, classes, `\d \w \s` and their negations, groups, `|`, `* + ? {n,m}`, `^`, `$`.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ pattern: String) {
        scalars = Array(pattern.unicodeScalars)
    }

    mutating func parse() throws(UnsupportedPattern) -> Expression.Node {
        let node = try either()
        guard position == scalars.count else { throw UnsupportedPattern("a ')' has no '('") }
        return node
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func either() throws(UnsupportedPattern) -> Expression.Node {
        var choices = [try sequence()]
        while take("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .either(choices)
    }

    private mutating func sequence() throws(UnsupportedPattern) -> Expression.Node {
        var nodes: [Expression.Node] = []
        while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try repeated()) }
        return nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func repeated() throws(UnsupportedPattern) -> Expression.Node {
        let atom = try atom()
        var node = atom
        var isRepeated = false
        while let (low, high) = try quantifier() {
            guard !isRepeated else { throw UnsupportedPattern("a quantifier follows another") }
            guard atom != .start, atom != .end else {
                throw UnsupportedPattern("an anchor cannot be repeated")
            }
            isRepeated = true
            node = .repeated(atom, min: low, max: high)
            // A lazy quantifier matches the same values as a greedy one.
            _ = take("?")
            guard next != "+" else {
                throw UnsupportedPattern("possessive quantifiers are not known")
            }
        }
        return node
    }

    private mutating func quantifier() throws(UnsupportedPattern) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let low = number() else { throw UnsupportedPattern("a '{' is not a quantifier") }
        var high: Int? = low
        if take(",") { high = next == "}" ? nil : number() ?? -1 }
        guard take("}"), high.map({ $0 >= low }) ?? true else {
            throw UnsupportedPattern("a '{' is not a quantifier")
        }
        return (low, high)
    }

    /// Digits, up to a number that compiles to too many steps anyway.
    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next,
            let digit = scalar.properties.numericType == .decimal
                ? Int(String(scalar)) : nil
        {
            value = min((value ?? 0) * 10 + digit, Limits.patternSteps + 1)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(UnsupportedPattern) -> Expression.Node {
        guard let scalar = next else { throw UnsupportedPattern("it ends too early") }
        position += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .one(.anything)
        case "(": return try group()
        case "[": return .one(try characterClass())
        case "\\": return .one(try escape())
        case "*", "+", "?": throw UnsupportedPattern("a '\(scalar)' has nothing to repeat")
        default: return .one(CharacterClass(scalar))
        }
    }

    private mutating func group() throws(UnsupportedPattern) -> Expression.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Limits.patternDepth else {
            throw UnsupportedPattern("its groups are nested too deep")
        }
        if take("?"), !take(":") {
            throw UnsupportedPattern("look-around, named groups and options are not known")
        }
        let node = try either()
        guard take(")") else { throw UnsupportedPattern("a '(' has no ')'") }
        return node
    }

    private mutating func escape() throws(UnsupportedPattern) -> CharacterClass {
        guard let scalar = next else { throw UnsupportedPattern("it ends in a '\\'") }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return CharacterClass.digits.inverted
        case "w": return .word
        case "W": return CharacterClass.word.inverted
        case "s": return .patternBlanks
        case "S": return CharacterClass.patternBlanks.inverted
        case "n": return CharacterClass("\n" as Unicode.Scalar)
        case "r": return CharacterClass("\r" as Unicode.Scalar)
        case "t": return CharacterClass("\t" as Unicode.Scalar)
        case _ where scalar.properties.isAlphabetic || scalar.properties.numericType != nil:
            throw UnsupportedPattern("'\\\(scalar)' is not known")
        default: return CharacterClass(scalar)
        }
    }

    private mutating func characterClass() throws(UnsupportedPattern) -> CharacterClass {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            position += 1
            guard scalar != "[" else {
                throw UnsupportedPattern("a '[' inside a class must be written '\\['")
            }
            let low = scalar == "\\" ? try escape() : CharacterClass(scalar)
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += low.ranges
                continue
            }
            position += 1
            ranges.append(try range(from: low))
        }
        guard take("]") else { throw UnsupportedPattern("a '[' has no ']'") }
        let set = CharacterClass(ranges)
        return isNegated ? set.inverted : set
    }

    private mutating func range(
        from low: CharacterClass
    ) throws(UnsupportedPattern) -> ClosedRange<UInt32> {
        guard let scalar = next else { throw UnsupportedPattern("a '[' has no ']'") }
        position += 1
        let high = scalar == "\\" ? try escape() : CharacterClass(scalar)
        guard let first = low.single, let last = high.single, first <= last else {
            throw UnsupportedPattern("a range of a class goes from nothing to nothing")
        }
        return first...last
    }
}

extension CharacterClass {
    /// What `\s` stands for here.
    fileprivate static let patternBlanks = CharacterClass([0x09...0x0D, 0x20...0x20])
}
