import LogEngine
import Simulation
import Testing

@Suite("A filter pattern")
struct FilterPatternTests {
    private func matches(_ pattern: String, _ message: String) throws -> Bool {
        try FilterPattern(parsing: pattern).matches(Array(message.utf8))
    }

    @Test(arguments: [
        ("", "anything", true),
        ("   ", "anything", true),
        ("\" \"", "anything", true),
        ("ERROR", "[ERROR 400] BAD REQUEST", true),
        ("ERROR", "[error 400] BAD REQUEST", false),
        ("ERROR", "[ERRORS 400]", false),
        ("ERROR", "NOERROR", false),
        ("ERROR", "ERROR", true),
        ("ERROR", "ERRORS ERROR", true),
        ("ERROR ARGS", "ARGS then ERROR", true),
        ("ERROR ARGS", "ERROR only", false),
        ("\"INTERNAL SERVER ERROR\"", "500 INTERNAL SERVER ERROR!", true),
        ("\"INTERNAL SERVER ERROR\"", "INTERNAL  SERVER ERROR", false),
        ("\"rm -rf\"", "$ rm -rf /", true),
        ("\"-rf\"", "rm -rf /", true),
        ("\"user=\"", "user=bob logged in", true),
        ("\"user=\"", "superuser=bob", false),
        ("\"=bob\"", "user=bob", true),
        ("\"=bob\"", "user=bobby", false),
        ("\"say \\\"hi\\\"\"", "he did say \"hi\" twice", true),
        ("?ERROR ?WARN", "WARN: low", true),
        ("?ERROR ?WARN", "INFO: low", false),
        ("?ERROR ?WARN INFO", "INFO: low", true),
        ("?ERROR ?WARN INFO", "ERROR: low", false),
        ("ERROR -ARGS", "ERROR here", true),
        ("ERROR -ARGS", "ERROR ARGS", false),
        ("-ARGS", "ERROR here", true),
        ("?A ?B -C", "A", true),
        ("?A ?B -C", "A C", false),
        ("?A ?B -C", "D", false),
        ("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED", true),
        ("-%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED", false),
        ("?%a1% ?%b2%", "xxb2xx", true),
        ("größe", "die größe", true),
        ("gr", "größe", false),
    ])
    func `in text form`(pattern: String, message: String, expected: Bool) throws {
        #expect(try matches(pattern, message) == expected)
    }

    @Test(arguments: [
        ("%^starting|^initializing|^shutting down%", "shutting down now", true),
        ("%^starting|^initializing|^shutting down%", "now shutting down", false),
        ("%colou?r%", "my color", true),
        ("%colou?r%", "my colouur", false),
        ("%10\\.10\\.0\\.1%", "at 10.10.0.1:80", true),
        ("%10\\.10\\.0\\.1%", "at 10x10.0.1:80", false),
        ("%[a-z]+[0-9]{2,3}$%", "job42", true),
        ("%[a-z]+[0-9]{2,3}$%", "job4", false),
        ("%^[a-z]{2}$%", "abc", false),
        ("%^a{0}b$%", "b", true),
        ("%a{2,}%", "caaat", true),
        ("%\\d\\D\\s\\S\\w\\W%", "1a b_!", true),
        ("%\\x21%", "hey!", true),
        ("%a.c%", "a✓c", true),
        ("%a.c%", "a\nc", false),
        ("%a[^b]c%", "a✓c", true),
        ("%a..c%", "a✓c", false),
        ("%[]a]%", "]", true),
        ("%[a\\-z]%", "-", true),
        ("%[a-]%", "-", true),
        ("%x*%", "", true),
        ("%^$%", "", true),
        ("%^$%", "x", false),
        ("%a+?b%", "aab", true),
    ])
    func `with a regular expression`(pattern: String, message: String, expected: Bool) throws {
        #expect(try matches(pattern, message) == expected)
    }

    @Test(arguments: [
        ("{ $.a = 1 }", "Invalid filter pattern: JSON patterns ({ … }) are not supported yet."),
        (
            "  [a, b]",
            "Invalid filter pattern: space-delimited patterns ([ … ]) are not supported yet."
        ),
        (
            "user-agent",
            "Invalid filter pattern: the term 'user-agent' must stand in quotation marks."
        ),
        ("a:b", "Invalid filter pattern: the term 'a:b' must stand in quotation marks."),
        ("\"open", "Invalid filter pattern: a quotation is not closed."),
        ("%open", "Invalid filter pattern: a regular expression is not closed by %."),
        ("\"a\"b", "Invalid filter pattern: terms must be separated by blanks."),
        ("?", "Invalid filter pattern: a mark without a term."),
        ("%a% %b% %c%", "Invalid filter pattern: more than 2 regular expressions."),
        (
            "%a!%",
            "Invalid filter pattern: invalid regular expression: '!' cannot stand at character 2."
        ),
        (
            "%(a)%",
            "Invalid filter pattern: invalid regular expression: '(' cannot stand at character 1."
        ),
        ("%\\(%", "Invalid filter pattern: invalid regular expression: \\( is not supported."),
        (
            "%é%",
            "Invalid filter pattern: invalid regular expression: 'é' cannot stand at character 1."
        ),
        ("%%", "Invalid filter pattern: invalid regular expression: it is empty."),
        (
            "%*a%",
            "Invalid filter pattern: invalid regular expression: '*' cannot stand at character 1."
        ),
        (
            "%a**%",
            "Invalid filter pattern: invalid regular expression: '*' cannot stand at character 3."
        ),
        (
            "%a^b%",
            "Invalid filter pattern: invalid regular expression: '^' cannot stand at character 2."
        ),
        (
            "%a$b%",
            "Invalid filter pattern: invalid regular expression: 'b' cannot stand at character 3."
        ),
        ("%[a%", "Invalid filter pattern: invalid regular expression: a [ is not closed."),
        (
            "%[z-a]%",
            "Invalid filter pattern: invalid regular expression: a range in [ ] has no order."
        ),
        (
            "%a{3,2}%",
            "Invalid filter pattern: invalid regular expression: { } must hold one number, or two in order."
        ),
        ("%a{x}%", "Invalid filter pattern: invalid regular expression: { } must hold numbers."),
        (
            "%a{99999999999999}%",
            "Invalid filter pattern: invalid regular expression: it repeats more than 256 times."
        ),
        (
            "%a{200}b{200}%",
            "Invalid filter pattern: invalid regular expression: it is longer than 256 positions."
        ),
        (
            "%\\xFF%",
            "Invalid filter pattern: invalid regular expression: \\x must be followed by two hexadecimal digits up to 7F."
        ),
        ("%a\\%", "Invalid filter pattern: invalid regular expression: it ends in a backslash."),
    ])
    func `is refused with a reason`(pattern: String, reason: String) {
        do {
            _ = try FilterPattern(parsing: pattern)
            Issue.record("\(pattern) was accepted")
        } catch {
            #expect(error.message == reason)
        }
    }

    @Test func `may have 256 positions over all alternatives of an expression`() throws {
        _ = try FilterPattern(parsing: "%a{128}|b{128}%")
        _ = try FilterPattern(parsing: "%" + String(repeating: "a+", count: 256) + "%")
        for pattern in ["%a{128}|b{129}%", "%a{129}|b{128}%", "%a{128}|b{127}|c+d?%"] {
            let reason = #expect(throws: InvalidFilterPattern.self) {
                try FilterPattern(parsing: pattern)
            }
            #expect(reason?.message.contains("it is longer than 256 positions") == true)
        }
    }

    @Test func `may have 1024 characters and no more`() throws {
        _ = try FilterPattern(parsing: String(repeating: "a", count: 1024))
        #expect(throws: InvalidFilterPattern.self) {
            try FilterPattern(parsing: String(repeating: "a", count: 1025))
        }
    }

    /// A second, naive opinion: tries every way, on small alphabets.
    private func naive(
        _ items: [(characters: Set<Character>, skip: Bool, again: Bool)],
        _ text: ArraySlice<Character>
    ) -> Bool {
        guard let first = items.first else { return true }
        let rest = Array(items.dropFirst())
        if first.skip, naive(rest, text) { return true }
        guard let character = text.first, first.characters.contains(character) else { return false }
        if naive(rest, text.dropFirst()) { return true }
        let more = [(characters: first.characters, skip: true, again: true)] + rest
        return first.again && naive(more, text.dropFirst())
    }

    @Test(arguments: 1...30)
    func `agrees with trying every way`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<40 {
            var pattern = ""
            var items: [(characters: Set<Character>, skip: Bool, again: Bool)] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let atoms: [(String, Set<Character>)] = [
                    ("a", ["a"]), ("b", ["b"]), ("[ab]", ["a", "b"]), ("[^a]", ["b", "c"]),
                    (".", ["a", "b", "c"]),
                ]
                let repeats: [(String, Bool, Bool)] = [
                    ("", false, false), ("?", true, false), ("*", true, true), ("+", false, true),
                ]
                let atom = atoms[Int.random(in: 0..<5, using: &random)]
                let mark = repeats[Int.random(in: 0..<4, using: &random)]
                pattern += atom.0 + mark.0
                items.append((atom.1, mark.1, mark.2))
            }
            let text = (0..<Int.random(in: 0...8, using: &random))
                .map { _ in Array("abc")[Int.random(in: 0..<3, using: &random)] }
            let expected = (0...text.count).contains { naive(items, text[$0...]) }
            #expect(
                try matches("%\(pattern)%", String(text)) == expected,
                "seed \(seed): \(pattern) on \(String(text))"
            )
        }
    }

    @Test func `takes no longer than the message times the pattern`() throws {
        // Backtracking matchers need 2 to the power of 60 steps here.
        let pattern = String(repeating: "a?", count: 60) + String(repeating: "a", count: 60)
        let message = String(repeating: "a", count: 59) + String(repeating: "b", count: 20_000)
        #expect(try !matches("%\(pattern)%", message))
    }
}
