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

    /// The letters before the first wildcard: of most patterns all there are.
    private let letters: [UInt8]
    /// What follows them, from a wildcard on.
    private let rest: [Token]
    /// Whether the rest is one `*`.
    private let isPrefix: Bool

    init(_ tokens: [Token]) {
        let literal = tokens.prefix { $0 < Self.anyOne }
        letters = literal.map(UInt8.init)
        rest = Array(tokens[literal.endIndex...])
        isPrefix = rest == [Self.anyRun]
    }

    func matches(_ text: [UInt8]) -> Bool {
        guard begins(text) else { return false }
        if isPrefix { return true }
        if rest.isEmpty { return text.count == letters.count }
        return rest.withUnsafeBufferPointer { tokens in
            text.withUnsafeBufferPointer { text in
                Self.matches(tokens, UnsafeBufferPointer(rebasing: text[letters.count...]))
            }
        }
    }

    /// Looked at from the back: ARNs are alike in front.
    private func begins(_ text: [UInt8]) -> Bool {
        guard text.count >= letters.count else { return false }
        for index in letters.indices.reversed() where text[index] != letters[index] { return false }
        return true
    }

    private static func matches(
        _ tokens: UnsafeBufferPointer<Token>,
        _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let colon = UInt8(ascii: ":")
        var token = 0
        var at = 0
        // Where to go on when what follows the last `*` does not fit: further into the text.
        var run: (token: Int, at: Int)?
        var runInside: (token: Int, at: Int)?
        while true {
            if token < tokens.count {
                let expected = tokens[token]
                if expected == anyRun {
                    token += 1
                    if token == tokens.count { return true }
                    at = skip(to: tokens[token], in: text, from: at)
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
                token = outer.token
                at = skip(to: tokens[token], in: text, from: outer.at + 1)
                run = (token, at)
                runInside = nil
            } else {
                return false
            }
        }
    }

    /// The first place where what follows a `*` can begin: where its letter is, if it begins with one.
    private static func skip(
        to token: Token,
        in text: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> Int {
        guard token < anyOne else { return start }
        var at = start
        while at < text.count, Token(text[at]) != token { at += 1 }
        return at
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
