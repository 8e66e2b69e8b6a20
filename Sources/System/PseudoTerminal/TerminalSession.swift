import CPseudoTerminal
import Glibc
import Synchronization
import Vocabulary
import Waiting

/// A program on a terminal of its own: what it prints, what is typed at it, and how it ended.
///
/// Two threads serve it, one for the bytes and one that waits for the end. It lives until `close`, which
/// must be called even after the program ended.
package final class TerminalSession: Sendable {
    /// The child, which leads the terminal's session and its first process group.
    package let pid: Int32
    private let pump: TerminalPump
    private let exit = Latch<ChildStatus>()

    /// Starts `program` on a new terminal of that size.
    ///
    /// `chunkBytes` is the largest piece that `nextOutput` gives.
    package init(
        _ program: ChildProgram,
        size: WindowSize = .standard,
        chunkBytes: Int = Limits.terminalChunkBytes
    ) throws(SpawnFailure) {
        let (master, pid) = try program.start(size: size)
        self.pid = pid
        do {
            pump = try TerminalPump(master: master, chunkBytes: chunkBytes)
        } catch {
            kill(pid, SIGKILL)
            _ = cpty_wait(pid)
            throw .system(error)
        }
        do {
            try startThread(named: "child") { [pump, exit] in
                let status = cpty_wait(pid)
                pump.childEnded()
                exit.open(
                    status.by_signal ? .signal(status.number) : .code(status.number)
                )
            }
        } catch {
            pump.close()
            kill(pid, SIGKILL)
            _ = cpty_wait(pid)
            throw .system(error)
        }
    }

    /// The next piece of output, as it is; nil at the end.
    ///
    /// For one reader.
    /// The end is that nobody has the terminal open, or that the program ended and what it wrote is read.
    package func nextOutput() async -> [UInt8]? { await pump.nextOutput() }

    /// Types all of `bytes`, waiting while nobody reads them.
    package func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await pump.write(bytes)
    }

    /// Changes the size and lets the program know.
    package func resize(_ size: WindowSize) {
        _ = pump.withDescriptor { cpty_resize($0, size.columns, size.rows) }
    }

    /// Whether what is typed now is meant to be seen by nobody.
    ///
    /// Echo off in line mode is a password prompt. Echo off alone is not: an editor or a shell's line
    /// editing shows the keys itself.
    package var isReadingPassword: Bool {
        pump.withDescriptor { descriptor in
            var settings = termios()
            guard tcgetattr(descriptor, &settings) == 0 else { return false }
            return settings.c_lflag & tcflag_t(ECHO) == 0
                && settings.c_lflag & tcflag_t(ICANON) != 0
        } ?? false
    }

    /// Sends a signal to what runs in the foreground.
    package func signalForeground(_ number: Int32) {
        _ = pump.withDescriptor { descriptor in
            let group = tcgetpgrp(descriptor)
            return group > 1 ? kill(-group, number) : -1
        }
    }

    /// Waits for the program to end.
    ///
    /// Throws only `CancellationError`.
    package func exitStatus() async throws -> ChildStatus { try await exit.value() }

    /// How the program ended, when it has.
    package var exitStatusNow: ChildStatus? { exit.valueNow }

    /// Sends a signal to every process of the terminal's session, background jobs too.
    ///
    /// Returns how many there were. A process that made a session of its own is no longer in this one.
    @discardableResult
    package func signalSession(_ number: Int32) -> Int {
        let members = ProcessTable.members(ofSession: pid)
        for member in members { kill(member, number) }
        return members.count
    }

    /// Closes the terminal; whoever still has it gets a hang-up.
    package func close() { pump.close() }
}
