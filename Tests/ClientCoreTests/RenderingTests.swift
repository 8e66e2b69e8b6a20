import Testing

@testable import ClientCore

@Suite("What the command line shows")
struct RenderingTests {
    private static let event = """
        {"eventVersion":"1.0","eventTime":"2026-11-23T02:58:03Z","awsRegion":"us-east-1",\
        "target":{"id":"mi-0"},"userIdentity":{"arn":"a"},"runAsUser":"","sessionId":"s",\
        "sessionData":["$ ls","a  b"]}
        """

    @Test func `a session event is its lines`() {
        #expect(SessionEventText.lines(of: Self.event) == ["$ ls", "a  b"])
        #expect(
            SessionEventText.lines(of: Self.event, withTime: true)[0]
                == "2026-11-23T02:58:03Z  $ ls"
        )
    }

    @Test(arguments: ["plain", "{\"a\":1}", "{broken", ""])
    func `any other message is itself`(message: String) {
        #expect(SessionEventText.lines(of: message) == [message])
    }

    @Test(arguments: [
        ("\u{1B}]0;title\u{07}x", "^[]0;title^Gx"), ("a\tb", "a\tb"), ("\u{7F}", "^?"),
        ("\u{9B}31m", "\u{FFFD}31m"), ("\u{202E}abc", "\u{FFFD}abc"), ("ü関", "ü関"),
    ])
    func `nothing that is shown drives the terminal`(text: String, shown: String) {
        #expect(SessionEventText.safe(text) == shown)
    }

    @Test func `columns are as wide as their widest cell, and lines end without spaces`() {
        var table = Table("NODE", "NAME")
        table.add("mi-1", nil)
        table.add("x", "a name")
        #expect(table.text() == "NODE  NAME\nmi-1  -\nx     a name")
        #expect(Table("A").text() == "A")
    }
}
