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

    mutating func parse() throws(InvalidFilterPattern) -> [PatternRegex.Alternative] {
        guard !text.isEmpty else { throw invalid("it is empty") }
        var alternatives = [try alternative()]
        while take("|") { alternatives.append(try alternative()) }
        guard index == text.count else {
            throw invalid("'\(text[index])' cannot stand at character \(index + 1)")
        }
        return alternatives
    }

    private mutating func alternative() throws(InvalidFilterPattern) -> PatternRegex.Alternative {
        let isAnchoredAtStart = take("^")
        var items: [PatternRegex.Item] = []
        while let scalar = peek, scalar != "|", scalar != "$" {
            let accepts = try character()
            items += try repeated(accepts)
            guard positions + items.count <= Limits.Logs.regexPositions else {
                throw invalid("it is longer than \(Limits.Logs.regexPositions) positions")
            }
        }
        positions += items.count
        return PatternRegex.Alternative(
            isAnchoredAtStart: isAnchoredAtStart,
            isAnchoredAtEnd: take("$"),
            items: items
        )
    }

    /// One character, or a class of characters.
    private mutating func character() throws(InvalidFilterPattern) -> ByteClass {
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
            return ByteClass([scalar])
        }
    }

    private mutating func bracket() throws(InvalidFilterPattern) -> ByteClass {
        index += 1
        let isInverted = take("^")
        var result = ByteClass()
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            let lower = try member()
            guard peek == "-", index + 1 < text.count, text[index + 1] != "]" else {
                result.formUnion(lower.accepts)
                continue
            }
            index += 1
            let upper = try member()
            guard let from = lower.byte, let to = upper.byte, from <= to else {
                throw invalid("a range in [ ] has no order")
            }
            result.insert(from...to)
        }
        guard take("]") else { throw invalid("a [ is not closed") }
        return isInverted ? result.inverted : result
    }

    /// A member of a class; `byte` is nil where it is itself a class.
    private mutating func member() throws(InvalidFilterPattern) -> (
        accepts: ByteClass, byte: UInt8?
    ) {
        guard let scalar = peek else { throw invalid("a [ is not closed") }
        if scalar == "\\" {
            let start = index
            let accepts = try escape()
            let isClass = "dDsSwW".unicodeScalars.contains(text[start + 1])
            return (accepts, isClass ? nil : (0..<128).first { accepts.contains($0) })
        }
        guard Self.standsForItself(scalar) || Self.operators.contains(scalar) else {
            throw invalid("'\(scalar)' cannot stand at character \(index + 1)")
        }
        index += 1
        return (ByteClass([scalar]), UInt8(truncatingIfNeeded: scalar.value))
    }

    private mutating func escape() throws(InvalidFilterPattern) -> ByteClass {
        guard index + 1 < text.count else { throw invalid("it ends in a backslash") }
        let scalar = text[index + 1]
        index += 2
        switch scalar {
        case "d": return .digits
        case "D": return ByteClass.digits.inverted
        case "s": return .blanks
        case "S": return ByteClass.blanks.inverted
        case "w": return .word
        case "W": return ByteClass.word.inverted
        case "x":
            var digits = String.UnicodeScalarView()
            digits.append(contentsOf: text[index..<min(index + 2, text.count)])
            guard digits.count == 2, let byte = UInt8(String(digits), radix: 16), byte < 128 else {
                throw invalid("\\x must be followed by two hexadecimal digits up to 7F")
            }
            index += 2
            return ByteClass([Unicode.Scalar(byte)])
        default:
            guard Self.operators.contains(scalar) || Self.symbols.contains(scalar) else {
                throw invalid("\\\(scalar) is not supported")
            }
            return ByteClass([scalar])
        }
    }

    /// The items that a character and the operator behind it stand for.
    private mutating func repeated(
        _ accepts: ByteClass
    ) throws(InvalidFilterPattern) -> [PatternRegex.Item] {
        func item(canSkip: Bool, repeats: Bool) -> PatternRegex.Item {
            PatternRegex.Item(accepts: accepts, canSkip: canSkip, repeats: repeats)
        }
        let items: [PatternRegex.Item]
        switch peek {
        case "?":
            index += 1
            items = [item(canSkip: true, repeats: false)]
        case "*":
            index += 1
            items = [item(canSkip: true, repeats: true)]
        case "+":
            index += 1
            items = [item(canSkip: false, repeats: true)]
        case "{":
            let (least, most) = try bounds()
            let fixed = [PatternRegex.Item](
                repeating: item(canSkip: false, repeats: false),
                count: least
            )
            let open =
                most.map {
                    [PatternRegex.Item](
                        repeating: item(canSkip: true, repeats: false),
                        count: $0 - least
                    )
                } ?? [item(canSkip: true, repeats: true)]
            items = fixed + open
        default:
            return [item(canSkip: false, repeats: false)]
        }
        // `*?` asks for the shortest match; whether there is one is the same question.
        _ = take("?")
        return items
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

    private static let operators = Set("^$?[]{}|\\*+.".unicodeScalars)
    private static let symbols = Set(" :_#=@/;,-".unicodeScalars)

    private static func standsForItself(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: symbols.contains(scalar)
        }
    }
}
