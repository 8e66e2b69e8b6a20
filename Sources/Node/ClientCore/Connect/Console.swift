package import SessionWire

/// The place where a person, or a script in their stead, types and reads.
///
/// `LocalConsole` is the standard input and output of the program; tests have one in memory. Calls come from one
/// task. Reading and writing may wait, and never hold up the session.
package protocol Console: Sendable {
    /// Whether a person types, so that keys go raw and escapes count.
    var isInteractive: Bool { get }

    /// What came in, when it comes; nil at its end. A cancelled wait returns nil.
    func read() async -> [UInt8]?
    /// Shows output of the session, in full.
    func write(_ bytes: [UInt8]) async
    /// Shows the command's error output, in full.
    func writeError(_ bytes: [UInt8]) async
    /// Shows a line of ours, on the error output, whatever mode the terminal is in.
    func notify(_ line: String)

    /// The terminal's size now and after each change.
    func sizes() -> AsyncStream<TerminalSize>
    /// Lets every key through; `leaveRawMode` undoes it, on every way out.
    func enterRawMode()
    func leaveRawMode()
}
