/// Why a text with policy variables cannot be read.
enum TemplateError: Error, Equatable {
    /// `${` without `}`.
    case unterminatedVariable
    /// `${}` or a default that is not `, 'text'`.
    case malformedVariable(String)
}

/// A text of a policy as it was written: letters, wildcards, and variables that the request fills in.
///
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
struct Template: Sendable {
    private enum Piece: Equatable, Sendable {
        case literal([UInt8])
        case anyOne
        case anyRun
        /// The condition key in lower case, and what stands in when the request does not have it.
        case variable(key: String, fallback: [UInt8]?)
    }

    private let pieces: [Piece]
    private let style: PatternStyle?
    /// The pattern when nothing has to be filled in, which is nearly always.
    private let fixed: Pattern?

    /// Reads a text whose wildcards mean something (`style` given) or are letters (nil).
    init(
        _ text: String,
        style: PatternStyle?,
        hasVariables: Bool
    ) throws(TemplateError) {
        self.style = style
        pieces = try Self.pieces(of: text, hasWildcards: style != nil, hasVariables: hasVariables)
        let isFixed = pieces.allSatisfy { if case .variable = $0 { false } else { true } }
        fixed =
            isFixed
            ? Self.tokens(of: pieces, style: style) { _ in nil }.map(Pattern.init) : nil
    }

    /// Whether the text matches, with the variables filled in from the request.
    ///
    /// A variable that the request does not have, or has several values of, matches nothing.
    func matches(_ text: [UInt8], in context: ConditionContext) -> Bool {
        if let fixed { return fixed.matches(text) }
        guard let tokens = Self.tokens(of: pieces, style: style, value: context.singleValue) else {
            return false
        }
        return Pattern(tokens).matches(text)
    }

    private static func pieces(
        of text: String,
        hasWildcards: Bool,
        hasVariables: Bool
    ) throws(TemplateError) -> [Piece] {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        func add(_ piece: Piece) {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(piece)
        }
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if hasVariables, byte == UInt8(ascii: "$"), index + 1 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "{")
            {
                guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw .unterminatedVariable
                }
                let inner = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                if ["*", "?", "$"].contains(inner) {
                    literal.append(contentsOf: inner.utf8)
                } else {
                    add(try variable(inner))
                }
                index = end + 1
                continue
            }
            if hasWildcards, byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") {
                add(byte == UInt8(ascii: "*") ? .anyRun : .anyOne)
            } else {
                literal.append(byte)
            }
            index += 1
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }

    private static func variable(_ inner: String) throws(TemplateError) -> Piece {
        let parts = inner.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let key = parts[0].trimmed.lowercased()
        guard !key.isEmpty else { throw .malformedVariable(inner) }
        guard parts.count == 2 else { return .variable(key: key, fallback: nil) }
        let quoted = parts[1].trimmed
        guard quoted.utf8.count >= 2, quoted.hasPrefix("'"), quoted.hasSuffix("'") else {
            throw .malformedVariable(inner)
        }
        return .variable(key: key, fallback: Array(quoted.dropFirst().dropLast().utf8))
    }

    /// The pieces as one pattern; nil if a variable has no value.
    ///
    /// A value's own wildcards are letters.
    private static func tokens(
        of pieces: [Piece],
        style: PatternStyle?,
        value: (String) -> String?
    ) -> [Pattern.Token]? {
        var tokens: [Pattern.Token] = []
        var colons = 0
        for (index, piece) in pieces.enumerated() {
            let isInSegments = colons < 5
            switch piece {
            case .literal(let bytes):
                tokens += bytes.map(Pattern.Token.init)
                colons += bytes.count { $0 == UInt8(ascii: ":") }
            case .variable(let key, let fallback):
                guard let bytes = value(key).map({ Array($0.utf8) }) ?? fallback else { return nil }
                tokens += bytes.map(Pattern.Token.init)
            case .anyOne:
                let stays = style != .text && isInSegments
                tokens.append(stays ? Pattern.anyOneInside : Pattern.anyOne)
            case .anyRun:
                let stays =
                    switch style {
                    case .resource: isInSegments && !endsSegment(pieces, after: index)
                    case .arn: isInSegments
                    case .text, nil: false
                    }
                tokens.append(stays ? Pattern.anyRunInside : Pattern.anyRun)
            }
        }
        return tokens
    }

    private static func endsSegment(_ pieces: [Piece], after index: Int) -> Bool {
        guard index + 1 < pieces.count else { return true }
        guard case .literal(let bytes) = pieces[index + 1] else { return false }
        return bytes.first == UInt8(ascii: ":")
    }
}

extension Substring {
    /// Without the spaces around it.
    fileprivate var trimmed: String {
        let start = firstIndex { $0 != " " } ?? endIndex
        let end = lastIndex { $0 != " " }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
