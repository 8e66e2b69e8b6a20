import CPseudoTerminal
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// The terminal that the person sits at.
///
/// In raw mode every key goes to the node as it is, Ctrl-C included. `restore` must be reached on every way
/// out; it may be called more than once, and from a signal's handler thread.
package final class LocalTerminal: Sendable {
    private let input: Int32
    private let output: Int32
    private let before = Mutex<termios?>(nil)

    /// The terminal behind these descriptors, standard input and output unless told otherwise.
    package init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
        self.input = input
        self.output = output
    }

    /// Whether a person types here, rather than a file or a pipe.
    package var isInteractive: Bool { isatty(input) == 1 }

    /// Whether what is printed is seen by a person.
    package var outputIsTerminal: Bool { isatty(output) == 1 }

    /// The size now, nil when neither end is a terminal.
    package var size: WindowSize? {
        for descriptor in [output, input] {
            var columns: UInt16 = 0
            var rows: UInt16 = 0
            if cpty_size(descriptor, &columns, &rows) == 0, columns > 0, rows > 0 {
                return WindowSize(columns: columns, rows: rows)
            }
        }
        return nil
    }

    /// Lets every byte through unchanged and unechoed, and remembers how it was.
    package func enterRawMode() throws(SystemFailure) {
        var settings = termios()
        guard tcgetattr(input, &settings) == 0 else {
            throw SystemFailure(doing: "read the terminal's settings", errno: errno)
        }
        let original = settings
        cfmakeraw(&settings)
        guard tcsetattr(input, TCSADRAIN, &settings) == 0 else {
            throw SystemFailure(doing: "change the terminal's settings", errno: errno)
        }
        before.withLock { if $0 == nil { $0 = original } }
    }

    /// Puts back what `enterRawMode` found.
    package func restore() {
        before.withLock { before in
            guard var settings = before else { return }
            _ = tcsetattr(input, TCSADRAIN, &settings)
            before = nil
        }
    }

    /// The size now and again after every change (SIGWINCH), until the reader stops.
    ///
    /// Only the newest size waits for a slow reader. Nothing comes when there is no terminal.
    package func sizes() -> AsyncStream<WindowSize> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: WindowSize.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let source = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
        source.setEventHandler { [self] in
            if let size { continuation.yield(size) }
        }
        // Registered first and read then, so that no change falls between.
        source.setRegistrationHandler { [self] in
            if let size { continuation.yield(size) }
        }
        continuation.onTermination = { _ in source.cancel() }
        source.resume()
        return stream
    }
}
