import Files
import Glibc
import PseudoTerminal
import Vocabulary

/// The directory that holds who this node is: mode 0700, its files 0600.
///
/// Files are replaced whole, so that a crash leaves the old or the new.
package struct StateDirectory: Sendable {
    package let path: String

    private let directory: Directory

    package init(path: String) {
        self.path = path
        directory = Directory(path)
    }

    /// `/var/lib/sekisho-agent` for root, else `$XDG_STATE_HOME` or `~/.local/state`.
    package static func standard(environment: [String: String]) -> StateDirectory {
        if geteuid() == 0 { return StateDirectory(path: "/var/lib/sekisho-agent") }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return StateDirectory(path: state + "/sekisho-agent")
        }
        return StateDirectory(path: (environment["HOME"] ?? "/") + "/.local/state/sekisho-agent")
    }

    package var logPath: String { path + "/agent.log" }

    /// Makes the directory and those above it, for this user alone.
    package func create() throws(AgentFailure) {
        do {
            try directory.createWithParents()
        } catch {
            throw failure(error)
        }
        guard chmod(path, 0o700) == 0 else { throw failure("protect the state directory \(path)") }
    }

    /// The bytes of a file; nil when there is none.
    func read(_ name: String) throws(AgentFailure) -> [UInt8]? {
        do {
            return try directory.file(name, for: .reading).readAll(limit: Limits.agentStateBytes)
        } catch {
            if error.isMissing { return nil }
            guard error.code != EFBIG else {
                throw AgentFailure(
                    "\(path)/\(name) is too large to be a file of the agent's."
                )
            }
            throw failure(error)
        }
    }

    /// Like `read`, for a file that only its owner may read.
    func readPrivate(_ name: String) throws(AgentFailure) -> [UInt8]? {
        var facts = stat()
        guard stat(path + "/" + name, &facts) == 0 else { return nil }
        guard facts.st_mode & 0o077 == 0 else {
            throw AgentFailure(
                "\(path)/\(name) can be read by other users: chmod 600 it, and register this node anew"
                    + " if somebody may have read it."
            )
        }
        return try read(name)
    }

    /// Replaces a file.
    func write(_ name: String, _ bytes: [UInt8]) throws(AgentFailure) {
        do {
            try directory.replace(name, with: bytes)
        } catch {
            throw failure(error)
        }
    }

    /// Renames a file; one that is not there has been renamed before.
    func moveIfPresent(_ name: String, to target: String) throws(AgentFailure) {
        guard rename(path + "/" + name, path + "/" + target) != 0, errno != ENOENT else { return }
        throw failure("rename \(path)/\(name)")
    }

    func remove(_ name: String) {
        unlink(path + "/" + name)
    }

    func holds(_ name: String) -> Bool {
        access(path + "/" + name, F_OK) == 0
    }

    /// Makes what was created, renamed and removed in the directory durable.
    func sync() throws(AgentFailure) {
        do {
            try directory.synchronize()
        } catch {
            throw failure(error)
        }
    }

    /// Takes the directory for this process until it ends.
    ///
    /// Two agents with one identity would take each other's sessions. Returns what `unlock` takes.
    @discardableResult
    func lock() throws(AgentFailure) -> Int32 {
        let file = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open \(path)/lock") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw AgentFailure("Another sekisho-agent already runs with the state in \(path).")
        }
        return file
    }

    static func unlock(_ lock: Int32) {
        close(lock)
    }

    private func failure(_ reason: FileFailure) -> AgentFailure {
        AgentFailure("Cannot \(reason.verb) \(reason.path): \(errnoText(reason.code)).")
    }

    private func failure(_ doing: String) -> AgentFailure {
        AgentFailure("Cannot \(doing): \(errnoText(errno)).")
    }
}
