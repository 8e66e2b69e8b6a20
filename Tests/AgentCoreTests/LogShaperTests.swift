import FoundationEssentials
import Testing
import Vocabulary

@testable import AgentCore

private func lines(_ piece: LogShaper.Piece) -> [String] {
    guard case .lines(let lines) = piece else { return ["not lines"] }
    return lines.map { String(decoding: $0, as: UTF8.self) }
}

private func text(_ piece: LogShaper.Piece) -> String {
    guard case .text(let bytes) = piece else { return "not text" }
    return String(decoding: bytes, as: UTF8.self)
}

@Suite("A streamed log")
struct StreamedLogTests {
    @Test(arguments: [
        ("$ ls\r\n", ["$ ls"]), ("a\tb\r\n\r\nc\n", ["a b", "", "c"]),
        ("\u{1B}[1;31mred\u{1B}[0m plain\n", ["red plain"]),
        ("\u{1B}]0;title\u{07}$ \n", ["$ "]), ("\u{1B}]0;title\u{1B}\\$ \n", ["$ "]),
        ("\u{1B}(Bx\u{1B}=y\u{1B}>\n", ["xy"]), ("ab\u{08}c\n", ["ab\u{08}c"]),
        ("bad \u{1B}[\u{01}m\r\n", ["bad \u{1B}[\u{01}m"]), ("cut \u{1B}[3\n", ["cut \u{1B}[3"]),
    ])
    func `has complete lines, readable`(output: String, expected: [String]) {
        var shaper = LogShaper(.streaming)
        shaper.append(Array(output.utf8))
        let pieces = shaper.take(4, isEnd: false)
        #expect(pieces.map(lines) == [expected])
        #expect(shaper.pendingBytes == 0)
    }

    @Test func `keeps an unterminated line back until the end`() {
        var shaper = LogShaper(.streaming)
        shaper.append(Array("one\ntw".utf8))
        #expect(shaper.take(4, isEnd: false).map(lines) == [["one"]])
        #expect(shaper.take(4, isEnd: false).isEmpty)
        shaper.append(Array("o".utf8))
        #expect(shaper.take(4, isEnd: true).map(lines) == [["two"]])
        #expect(shaper.take(4, isEnd: true).isEmpty)
    }

    @Test func `fills an event up to the threshold and not one line further`() {
        var shaper = LogShaper(.streaming, eventBytes: 10)
        shaper.append(Array("1234\n6789\nx\n".utf8))
        #expect(shaper.take(4, isEnd: false).map(lines) == [["1234", "6789"], ["x"]])
    }

    @Test func `takes at most the events of one call`() {
        var shaper = LogShaper(.streaming, eventBytes: 2)
        shaper.append(Array("a\nb\nc\nd\ne\n".utf8))
        #expect(shaper.take(4, isEnd: true).count == 4)
        #expect(shaper.take(4, isEnd: true).map(lines) == [["e"]])
    }

    @Test func `a line longer than an event is cut between characters`() {
        var shaper = LogShaper(.streaming, eventBytes: 5)
        shaper.append(Array("ääää\n".utf8))
        let pieces = shaper.take(4, isEnd: true)
        #expect(pieces.map(lines) == [["ää"], ["ää"]])
    }

    @Test func `bytes that never make a character do not stop it`() {
        var shaper = LogShaper(.streaming, eventBytes: 5)
        shaper.append([UInt8](repeating: 0x80, count: 23))
        var count = 0
        while !shaper.take(1, isEnd: true).isEmpty { count += 1 }
        #expect(shaper.pendingBytes == 0)
        #expect(count == 5)
    }

    @Test func `its event is AWS's JSON, members in AWS's order`() throws {
        let event = StreamedEvent(
            region: try Region(parsing: "us-east-1"),
            node: try NodeID(parsing: "mi-0123456789abcdef0"),
            owner: "arn:aws:iam::000000000000:user/alice",
            user: "nobody",
            session: try SessionID(parsing: "alice-6217a8df86ba49059")
        )
        let message = event.message(
            [Array("$ echo \"a\\b\" \u{07}ü".utf8), [0x66, 0xFF]],
            at: Date(timeIntervalSince1970: 1_795_402_683.9)
        )
        #expect(
            message
                == #"{"eventVersion":"1.0","eventTime":"2026-11-23T02:58:03Z","#
                + #""awsRegion":"us-east-1","target":{"id":"mi-0123456789abcdef0"},"#
                + #""userIdentity":{"arn":"arn:aws:iam::000000000000:user/alice"},"#
                + #""runAsUser":"nobody","sessionId":"alice-6217a8df86ba49059","#
                + #""sessionData":["$ echo \"a\\b\" \u0007ü","f\#u{FFFD}"]}"#
        )
    }
}

@Suite("A plain log")
struct PlainLogTests {
    @Test func `comes at the end, raw but for the line ends`() {
        var shaper = LogShaper(.plain)
        shaper.append(Array("\u{1B}[1m$ ls\r\na\tb\r\n".utf8))
        #expect(shaper.take(4, isEnd: false).isEmpty)
        #expect(shaper.take(4, isEnd: true).map(text) == ["\u{1B}[1m$ ls\na\tb"])
        #expect(shaper.take(4, isEnd: true).isEmpty)
    }

    @Test func `goes out early when an event is full, cut at a line`() {
        var shaper = LogShaper(.plain, eventBytes: 10)
        shaper.append(Array("1234\n6789\nx".utf8))
        #expect(shaper.take(4, isEnd: false).map(text) == ["1234\n6789\n"])
        #expect(shaper.take(4, isEnd: true).map(text) == ["x"])
    }

    @Test func `goes out now and then, by whole lines`() {
        var shaper = LogShaper(.plain)
        shaper.append(Array("one\r\ntw".utf8))
        #expect(shaper.take(4, isDue: true, isEnd: false).map(text) == ["one\n"])
        #expect(shaper.take(4, isDue: true, isEnd: false).isEmpty)
        #expect(shaper.take(4, isEnd: true).map(text) == ["tw"])
    }

    @Test func `of one line feed is still an event that may be put`() {
        var shaper = LogShaper(.plain)
        shaper.append([0x0D, 0x0A])
        #expect(shaper.take(4, isEnd: true).map(text) == ["\n"])
    }
}
