import Foundation
import Testing

@testable import ClientCore

@Suite("Words for a remote shell")
struct ShellQuotingTests {
    private static let words = [
        "plain", "two words", "", "$HOME", "it's", "'", "''", "a\nb", "\\", "\"", "*", "~",
        "`date`",
        "a=b", "#c", "!!", "é", "-n", "%s|", "; rm -rf /tmp/never", "a&b", "(x)", "<y>", "\t",
    ]

    @Test(arguments: [
        ("uname", "uname"), ("/usr/bin/x-1.2_3", "/usr/bin/x-1.2_3"), ("", "''"),
        ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("a=b", "'a=b'"),
    ])
    func `a word is quoted only when it must be`(word: String, quoted: String) {
        #expect(ShellQuoting.quoted(word) == quoted)
    }

    @Test func `sh reads every word back as it was`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", ShellQuoting.line(["printf", "%s\\0"] + Self.words)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let read = output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        #expect(read.map { String(decoding: $0, as: UTF8.self) } == Self.words)
    }
}
