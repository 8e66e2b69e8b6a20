// PseudoTerminal: the system calls for a terminal and the child on it, each wrapped once. On the node the
// shell's terminal; on the person's side the terminal they sit at.

/// How many characters fit on a terminal.
package struct WindowSize: Hashable, Sendable {
    package let columns: UInt16
    package let rows: UInt16

    package init(columns: UInt16, rows: UInt16) {
        self.columns = columns
        self.rows = rows
    }

    /// What a terminal has when nobody says otherwise.
    package static let standard = WindowSize(columns: 80, rows: 24)
}

/// A system call that did not do what it was asked.
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was being done, in words: "open a terminal".
    package let doing: String
    /// The system's number for the reason.
    package let errno: Int32

    package init(doing: String, errno: Int32) {
        self.doing = doing
        self.errno = errno
    }

    package var description: String { "cannot \(doing): \(errnoText(errno))" }
}
