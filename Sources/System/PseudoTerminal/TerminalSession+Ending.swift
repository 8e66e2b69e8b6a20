import Glibc

extension TerminalSession {
    /// Tells everything on the terminal that its person is gone; what was stopped is woken to hear it.
    package func hangUp() {
        signalSession(SIGHUP)
        signalSession(SIGCONT)
    }

    /// Whether anything runs on the terminal still.
    package var hasProcesses: Bool { !ProcessTable.members(ofSession: pid).isEmpty }

    /// Ends what is left on the terminal, without asking.
    package func killSession() { signalSession(SIGKILL) }
}

extension SystemFailure {
    /// Whether it was the directory that could not be entered.
    package var isAboutDirectory: Bool { doing.hasPrefix("enter ") }
}
