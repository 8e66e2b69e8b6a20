import Files
import Glibc

/// Files that only their owner may read, replaced as a whole or not at all.
package enum PrivateFile {
    /// Writes `bytes` to `path` with mode 0600, durable when it returns.
    ///
    /// They are written beside it first and renamed, so that a crash leaves the old file or the new one. Throws
    /// `CertificateError.unreadable` with the system's words.
    package static func write(_ bytes: [UInt8], to path: String) throws(CertificateError) {
        let (folder, name) = Directory.place(of: path)
        do {
            try folder.replace(name, with: bytes)
        } catch {
            errno = error.code
            throw failure("cannot be written", path)
        }
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

    private static func failure(_ what: String, _ path: String) -> CertificateError {
        .unreadable("\(path) \(what): \(String(cString: strerror(errno))).")
    }
}
