import Testing

@testable import ClientCore

@Suite("Escapes at the start of a line")
struct TerminalEscapeTests {
    private typealias Action = TerminalEscape.Action

    private static func send(_ text: String) -> Action { .send(Array(text.utf8)) }

    @Test(arguments: [
        ("ls\r", [send("ls\r")]),
        ("~.", [.leave]),
        ("ls\r~.", [send("ls\r"), .leave]),
        ("ls\n~.more", [send("ls\n"), .leave]),
        ("ls ~.", [send("ls ~.")]),
        ("~~", [send("~")]),
        ("~~.", [send("~.")]),
        ("~?x", [.help, send("x")]),
        ("~?~.", [.help, .leave]),
        ("~/bin\r", [send("~/bin\r")]),
        ("~\r~.", [send("~\r"), .leave]),
        ("", []),
    ])
    func `what is typed is sent, or means us`(typed: String, expected: [TerminalEscape.Action]) {
        var escape = TerminalEscape()
        #expect(escape.typed(Array(typed.utf8)) == expected)
    }

    @Test func `an escape may come key by key, and the tilde waits for its second key`() {
        var escape = TerminalEscape()
        #expect(escape.typed(Array("\r".utf8)) == [Self.send("\r")])
        #expect(escape.typed(Array("~".utf8)) == [])
        #expect(escape.typed(Array(".".utf8)) == [.leave])
    }

    @Test func `every split of a text gives the same bytes`() {
        let text = Array("a\r~~b\r~c\rd~.\r".utf8)
        let expected = Array("a\r~b\r~c\rd~.\r".utf8)
        for cut in 0...text.count {
            var escape = TerminalEscape()
            var sent: [UInt8] = []
            for action in escape.typed(Array(text[..<cut])) + escape.typed(Array(text[cut...])) {
                if case .send(let bytes) = action { sent += bytes }
            }
            #expect(sent == expected, "cut at \(cut)")
        }
    }
}
