import FoundationEssentials
import Glibc

/// What is printed, and in what colour; colour is for terminals, and not for those who set `NO_COLOR`.
enum Terminal {
    static let outputIsColoured = isColoured(STDOUT_FILENO)
    private static let errorIsColoured = isColoured(STDERR_FILENO)

    static var errorMark: String { errorIsColoured ? "\u{1B}[31msekisho:\u{1B}[0m" : "sekisho:" }

    /// Prints a line, and has it out before the program goes on.
    static func print(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    static func printError(_ text: String) {
        write(text + "\n", to: STDERR_FILENO)
    }

    /// Prints a value as JSON, on one line or, for people, on several.
    static func print(json value: some Encodable, onOneLine: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting =
            onOneLine
            ? [.sortedKeys, .withoutEscapingSlashes]
            : [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    private static func isColoured(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1, getenv("NO_COLOR") == nil else { return false }
        return getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
            // A reader that is gone reads no more; anything else would fail again as well.
            if count <= 0, errno != EINTR { return }
        }
    }
}

/// Why a command failed: one sentence that says what is wrong and what to do.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
