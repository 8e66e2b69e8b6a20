import Glibc
import PseudoTerminal
import Vocabulary

/// The directory that holds who this node is: mode 0700, its files 0600.
///
/// Files are replaced whole: written beside, synced, renamed, so that a crash leaves the old or the new.
package struct StateDirectory: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
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
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            throw failure("make the state directory \(made)")
        }
        guard chmod(path, 0o700) == 0 else { throw failure("protect the state directory \(path)") }
    }

    /// The bytes of a file; nil when there is none.
    func read(_ name: String) throws(AgentFailure) -> [UInt8]? {
        let file = open(path + "/" + name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read \(path)/\(name)")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= Limits.agentStateBytes {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("read \(path)/\(name)")
            }
            bytes += buffer.prefix(count)
        }
        throw AgentFailure("\(path)/\(name) is too large to be a file of the agent's.")
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
        let target = path + "/" + name
        let beside = target + ".new"
        unlink(beside)
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("write \(beside)") }
        let written = writeAll(bytes, to: file) && fsync(file) == 0
        let error = errno
        close(file)
        guard written, rename(beside, target) == 0 else {
            if !written { errno = error }
            let reason = failure("write \(target)")
            unlink(beside)
            throw reason
        }
        sync()
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
    func sync() {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
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

    private func failure(_ doing: String) -> AgentFailure {
        AgentFailure("Cannot \(doing): \(errnoText(errno)).")
    }
}
