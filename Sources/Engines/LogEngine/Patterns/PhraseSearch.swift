/// Finds a word or phrase that stands between characters which are no part of a word.
enum PhraseSearch {
    /// Whether the phrase occurs as whole words.
    ///
    /// A character of UTF-8 beyond ASCII counts as part of a word, so that a boundary never falls inside
    /// one. Where the phrase itself begins or ends with something else than a word character, nothing
    /// is asked of the neighbour there.
    static func occurs(_ phrase: [UInt8], in message: [UInt8]) -> Bool {
        guard let first = phrase.first, let last = phrase.last else { return true }
        guard message.count >= phrase.count else { return false }
        return message.withUnsafeBufferPointer { message in
            phrase.withUnsafeBufferPointer { phrase in
                let final = message.count - phrase.count
                var start = 0
                while start <= final {
                    if message[start] == first, message[start + phrase.count - 1] == last,
                        equal(phrase, message, at: start),
                        isBoundary(message, before: start, first),
                        isBoundary(message, after: start + phrase.count, last)
                    {
                        return true
                    }
                    start += 1
                }
                return false
            }
        }
    }

    private static func equal(
        _ phrase: UnsafeBufferPointer<UInt8>,
        _ message: UnsafeBufferPointer<UInt8>,
        at start: Int
    ) -> Bool {
        var index = 0
        while index < phrase.count {
            if phrase[index] != message[start + index] { return false }
            index += 1
        }
        return true
    }

    private static func isBoundary(
        _ message: UnsafeBufferPointer<UInt8>,
        before start: Int,
        _ edge: UInt8
    ) -> Bool {
        start == 0 || !isWord(edge) || !isWord(message[start - 1])
    }

    private static func isBoundary(
        _ message: UnsafeBufferPointer<UInt8>,
        after end: Int,
        _ edge: UInt8
    ) -> Bool {
        end == message.count || !isWord(edge) || !isWord(message[end])
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), 0x80...0xFF: true
        default: false
        }
    }
}
