/// Writes words so that `sh` reads them back as they were.
package enum ShellQuoting {
    /// One command line of all the words.
    package static func line(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }

    /// The word itself when the shell would leave it alone, else in single quotes.
    ///
    /// Nothing is special between single quotes but the quote itself, which is written as `'\''`.
    package static func quoted(_ word: String) -> String {
        guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "%+,-./:@_".utf8.contains(byte)
        }
    }
}
