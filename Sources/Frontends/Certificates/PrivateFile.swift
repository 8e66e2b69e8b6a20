import Glibc

/// Files that only their owner may read, replaced as a whole or not at all.
package enum PrivateFile {
    /// Writes `bytes` to `path` with mode 0600, durable when it returns.
    ///
    /// They are written beside it first and renamed, so that a crash leaves the old file or the new one. Throws
    /// `CertificateError.unreadable` with the system's words.
    package static func write(_ bytes: [UInt8], to path: String) throws(CertificateError) {
        let draft = "\(path).\(getpid()).new"
        // O_EXCL refuses a file or link that somebody else left there.
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("cannot be written", path) }
        let isWritten = writeAll(bytes, to: file) && fsync(file) == 0
        close(file)
        guard isWritten, rename(draft, path) == 0 else {
            let error = failure("cannot be written", path)
            unlink(draft)
            throw error
        }
        syncFolder(of: path)
    }

    /// Reads a file of at most `limit` bytes.
    package static func read(
        _ path: String,
        limit: Int = 1 << 20
    ) throws(CertificateError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("cannot be read", path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot be read", path) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else {
                throw .unreadable("\(path) is longer than \(limit) bytes.")
            }
        }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Makes the rename itself durable; a file system that cannot is not worse off than before.
    private static func syncFolder(of path: String) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    private static func failure(_ what: String, _ path: String) -> CertificateError {
        .unreadable("\(path) \(what): \(String(cString: strerror(errno))).")
    }
}
