import Vocabulary

/// A regular expression of AWS's subset, matched anywhere in a message in time linear in its length.
///
/// No groups and no back references exist in the subset, so that an expression is a choice of sequences of
/// repeated characters. It is compiled to one state for each character position, and a message is read once
/// with the set of live states. Nothing backtracks: time is at most the message's length times the number
/// of positions (`Limits.Logs.regexPositions`).
package struct PatternRegex: Sendable {
    /// One alternative between `|`.
    struct Alternative: Sendable {
        let isAnchoredAtStart: Bool
        let isAnchoredAtEnd: Bool
        let items: [Item]
    }

    /// A class of characters, standing once, or skippable, or repeatable.
    struct Item: Sendable {
        let accepts: ByteClass
        var canSkip: Bool
        var repeats: Bool
    }

    private let alternatives: [Alternative]

    init(parsing expression: [Unicode.Scalar]) throws(InvalidFilterPattern) {
        var parser = RegexParser(expression)
        alternatives = try parser.parse()
    }

    package func matches(_ message: [UInt8]) -> Bool {
        alternatives.contains { Self.matches($0, message) }
    }

    /// Runs one alternative: state `n` is live when the first `n` items have matched what was read.
    private static func matches(_ alternative: Alternative, _ message: [UInt8]) -> Bool {
        let items = alternative.items
        let accepting = items.count
        var live = [Bool](repeating: false, count: accepting + 1)
        var next = live
        enter(0, &live, items)
        if live[accepting], !alternative.isAnchoredAtEnd || message.isEmpty { return true }
        return message.withUnsafeBufferPointer { message in
            for index in message.indices {
                let byte = message[index]
                // The later bytes of a character beyond ASCII belong to the state its first byte led to.
                if byte & 0xC0 == 0x80 { continue }
                for state in next.indices { next[state] = false }
                for state in 0..<accepting where live[state] {
                    guard items[state].accepts.contains(byte) else { continue }
                    if items[state].repeats { enter(state, &next, items) }
                    enter(state + 1, &next, items)
                }
                if !alternative.isAnchoredAtStart { enter(0, &next, items) }
                swap(&live, &next)
                guard live[accepting] else { continue }
                let isLast = message[(index + 1)...].allSatisfy { $0 & 0xC0 == 0x80 }
                if !alternative.isAnchoredAtEnd || isLast { return true }
            }
            return false
        }
    }

    /// Makes a state live, and those that items which may be skipped lead to.
    private static func enter(_ state: Int, _ live: inout [Bool], _ items: [Item]) {
        var state = state
        while !live[state] {
            live[state] = true
            guard state < items.count, items[state].canSkip else { return }
            state += 1
        }
    }
}
