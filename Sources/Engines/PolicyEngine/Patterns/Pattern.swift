/// How the wildcards of a pattern read the colons of what they are held against.
enum PatternStyle: Equatable {
    /// `*` is any run of characters, `?` any one: actions and StringLike.
    case text
    /// An ARN in `Resource`: `*` inside one of the first five segments stays in it; at a segment's end it may
    /// go past the colon, as the documentation of the Resource element says.
    case resource
    /// An ARN in a condition: each of the six components is matched by itself.
    case arn
}

/// A text with wildcards, compiled.
///
/// Matching looks back only to the last `*` of each of two kinds, so that no pattern makes it exponential.
struct Pattern: Equatable, Sendable {
    /// A byte, or one of the codes below.
    typealias Token = UInt16
    /// `?`: any one character.
    static let anyOne: Token = 0x100
    /// `?` that is no colon.
    static let anyOneInside: Token = 0x101
    /// `*`: any run of characters.
    static let anyRun: Token = 0x102
    /// `*` that goes over no colon.
    static let anyRunInside: Token = 0x103

    private enum Shape {
        case everything, literal, prefix, general
    }

    private let shape: Shape
    /// The letters of a literal or prefix; beside the shape and not in it, since taking them out of it
    /// would count a reference up and down each time.
    private let letters: [UInt8]
    private let tokens: [Token]

    init(_ tokens: [Token]) {
        let isLiteral = tokens.allSatisfy { $0 < Self.anyOne }
        let isPrefix =
            tokens.last == Self.anyRun && tokens.dropLast().allSatisfy { $0 < Self.anyOne }
        self.tokens = tokens
        letters = tokens.filter { $0 < Self.anyOne }.map(UInt8.init)
        shape =
            switch (tokens == [Self.anyRun], isLiteral, isPrefix) {
            case (true, _, _): .everything
            case (_, true, _): .literal
            case (_, _, true): .prefix
            default: .general
            }
    }

    func matches(_ text: [UInt8]) -> Bool {
        switch shape {
        case .everything: true
        case .literal: text.count == letters.count && Self.begins(text, with: letters)
        case .prefix: Self.begins(text, with: letters)
        case .general:
            tokens.withUnsafeBufferPointer { tokens in
                text.withUnsafeBufferPointer { Self.matches(tokens, $0) }
            }
        }
    }

    private static func begins(_ text: [UInt8], with prefix: [UInt8]) -> Bool {
        guard text.count >= prefix.count else { return false }
        for index in prefix.indices where text[index] != prefix[index] { return false }
        return true
    }

    private static func matches(
        _ tokens: UnsafeBufferPointer<Token>,
        _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let colon = UInt8(ascii: ":")
        var token = 0
        var at = 0
        // Where to go on when what follows the last `*` does not fit: one byte further into the text.
        var run: (token: Int, at: Int)?
        var runInside: (token: Int, at: Int)?
        while true {
            if token < tokens.count {
                let expected = tokens[token]
                if expected == anyRun {
                    token += 1
                    run = (token, at)
                    runInside = nil
                    continue
                }
                if expected == anyRunInside {
                    token += 1
                    runInside = (token, at)
                    continue
                }
                // What remains needs a character more, and every other way to here used up as many.
                guard at < text.count else { return false }
                let isWildcard = expected == anyOne || expected == anyOneInside && text[at] != colon
                if isWildcard || expected == Token(text[at]) {
                    token += 1
                    at += isWildcard ? characterLength(text, at) : 1
                    continue
                }
            } else if at == text.count {
                return true
            }
            if let inside = runInside, inside.at < text.count, text[inside.at] != colon {
                runInside = (inside.token, inside.at + 1)
                (token, at) = (inside.token, inside.at + 1)
            } else if let outer = run, outer.at < text.count {
                run = (outer.token, outer.at + 1)
                runInside = nil
                (token, at) = (outer.token, outer.at + 1)
            } else {
                return false
            }
        }
    }

    /// Bytes of the character that begins here; `?` stands for a character, not for a byte of one.
    private static func characterLength(
        _ text: UnsafeBufferPointer<UInt8>,
        _ start: Int
    ) -> Int {
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return end - start
    }
}
