import Expressions
import Vocabulary

/// Reads an expression of AWS's subset; whatever is not in the subset is refused, never taken for a character.
///
/// Letters, digits, blanks and `: _ # = @ / ; , -` stand for themselves; `^ $ ? [ ] { } | \ * + .` are
/// operators and stand for themselves behind a backslash; `\d \D \s \S \w \W \xHH`.
struct RegexParser {
    private let text: [Unicode.Scalar]
    private var index = 0
    private var positions = 0

    init(_ text: [Unicode.Scalar]) {
        self.text = text
    }

    mutating func parse() throws(InvalidFilterPattern) -> Expression.Node {
        guard !text.isEmpty else { throw invalid("it is empty") }
        var alternatives = [try alternative()]
        while take("|") { alternatives.append(try alternative()) }
        guard index == text.count else {
            throw invalid("'\(text[index])' cannot stand at character \(index + 1)")
        }
        return .either(alternatives)
    }

    private mutating func alternative() throws(InvalidFilterPattern) -> Expression.Node {
        var nodes: [Expression.Node] = take("^") ? [.start] : []
        while let scalar = peek, scalar != "|", scalar != "$" {
            let accepts = try character()
            nodes.append(try repeated(.one(accepts)))
            // Counted over all the alternatives, as they are all walked at once.
            guard positions <= Limits.Logs.regexPositions else {
                throw invalid("it is longer than \(Limits.Logs.regexPositions) positions")
            }
        }
        if take("$") { nodes.append(.end) }
        return .sequence(nodes)
    }

    /// One character, or a class of characters.
    private mutating func character() throws(InvalidFilterPattern) -> CharacterClass {
        guard let scalar = peek else { throw invalid("it ends too soon") }
        switch scalar {
        case ".":
            index += 1
            return .anything
        case "[":
            return try bracket()
        case "\\":
            return try escape()
        default:
            guard Self.standsForItself(scalar) else {
                throw invalid("'\(scalar)' cannot stand at character \(index + 1)")
            }
            index += 1
            return CharacterClass(scalar)
        }
    }

    private mutating func bracket() throws(InvalidFilterPattern) -> CharacterClass {
        index += 1
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            let lower = try member()
            guard peek == "-", index + 1 < text.count, text[index + 1] != "]" else {
                ranges += lower.ranges
                continue
            }
            index += 1
            let upper = try member()
            guard let from = lower.single, let to = upper.single, from <= to else {
                throw invalid("a range in [ ] has no order")
            }
            ranges.append(from...to)
        }
        guard take("]") else { throw invalid("a [ is not closed") }
        let set = CharacterClass(ranges)
        return isInverted ? set.inverted : set
    }

    /// A member of a class, which may itself be a class.
    private mutating func member() throws(InvalidFilterPattern) -> CharacterClass {
        guard let scalar = peek else { throw invalid("a [ is not closed") }
        if scalar == "\\" { return try escape() }
        guard Self.standsForItself(scalar) || Self.operators.contains(scalar) else {
            throw invalid("'\(scalar)' cannot stand at character \(index + 1)")
        }
        index += 1
        return CharacterClass(scalar)
    }

    private mutating func escape() throws(InvalidFilterPattern) -> CharacterClass {
        guard index + 1 < text.count else { throw invalid("it ends in a backslash") }
        let scalar = text[index + 1]
        index += 2
        switch scalar {
        case "d": return .digits
        case "D": return CharacterClass.digits.inverted
        case "s": return Self.blanks
        case "S": return Self.blanks.inverted
        case "w": return .word
        case "W": return CharacterClass.word.inverted
        case "x":
            var digits = String.UnicodeScalarView()
            digits.append(contentsOf: text[index..<min(index + 2, text.count)])
            guard digits.count == 2, let byte = UInt8(String(digits), radix: 16), byte < 128 else {
                throw invalid("\\x must be followed by two hexadecimal digits up to 7F")
            }
            index += 2
            return CharacterClass(Unicode.Scalar(byte))
        default:
            guard Self.operators.contains(scalar) || Self.symbols.contains(scalar) else {
                throw invalid("\\\(scalar) is not supported")
            }
            return CharacterClass(scalar)
        }
    }

    /// A character and the operator behind it.
    private mutating func repeated(
        _ one: Expression.Node
    ) throws(InvalidFilterPattern) -> Expression.Node {
        let (least, most): (Int, Int?)
        if take("?") {
            (least, most) = (0, 1)
        } else if take("*") {
            (least, most) = (0, nil)
        } else if take("+") {
            (least, most) = (1, nil)
        } else if peek == "{" {
            (least, most) = try bounds()
        } else {
            positions += 1
            return one
        }
        positions += max(most ?? least, 1)
        // `*?` asks for the shortest match; whether there is one is the same question.
        _ = take("?")
        return .repeated(one, min: least, max: most)
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    private mutating func bounds() throws(InvalidFilterPattern) -> (Int, Int?) {
        index += 1
        guard let least = number() else { throw invalid("{ } must hold numbers") }
        var most: Int? = least
        if take(",") { most = peek == "}" ? nil : number() ?? -1 }
        guard take("}"), most.map({ $0 >= least }) ?? true else {
            throw invalid("{ } must hold one number, or two in order")
        }
        guard max(least, most ?? 0) <= Limits.Logs.regexPositions else {
            throw invalid("it repeats more than \(Limits.Logs.regexPositions) times")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = peek, ("0"..."9").contains(scalar) {
            let digit = Int(scalar.value) - 0x30
            // Past the limit the exact value matters to nobody.
            value = min((value ?? 0) * 10 + digit, Limits.Logs.regexPositions + 1)
            index += 1
        }
        return value
    }

    private var peek: Unicode.Scalar? { index < text.count ? text[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private func invalid(_ why: String) -> InvalidFilterPattern {
        InvalidFilterPattern(message: "Invalid filter pattern: invalid regular expression: \(why).")
    }

    /// What `\s` stands for here.
    private static let blanks = CharacterClass("\t\n\u{0C}\r ".unicodeScalars)
    private static let operators = Set("^$?[]{}|\\*+.".unicodeScalars)
    private static let symbols = Set(" :_#=@/;,-".unicodeScalars)

    private static func standsForItself(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: symbols.contains(scalar)
        }
    }
}
