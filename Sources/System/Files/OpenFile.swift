#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the system refused to do with a file, and why.
package struct FileFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The verb of the sentence "cannot VERB PATH": open, read, write.
    package let verb: String
    package let path: String
    /// The system's number for the reason.
    package let code: CInt

    package init(_ verb: String, _ path: String, code: CInt) {
        self.verb = verb
        self.path = path
        self.code = code
    }

    /// Takes the reason from `errno`, which must not have been overwritten since.
    package init(_ verb: String, _ path: String) {
        self.init(verb, path, code: errno)
    }

    package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    package var isExisting: Bool { code == EEXIST }

    package var description: String {
        "cannot \(verb) \(path): \(String(cString: strerror(code)))"
    }
}

/// An open file, closed when nobody holds it any more.
///
/// A class, since it is the identity of a descriptor. Every call blocks: callers are on a thread of their
/// own, never on the pool that runs tasks. New files are readable and writable by their owner only.
package final class OpenFile: Sendable {
    package enum Access: Sendable {
        case reading
        /// For reading and writing; the file is made if there is none.
        case writing
        /// For reading and writing, and it is an error if the file exists.
        case creating
    }

    package let path: String
    private let descriptor: CInt
    private let flusher: any Flusher

    package init(
        _ path: String,
        for access: Access,
        flusher: any Flusher = SystemFlusher()
    ) throws(FileFailure) {
        let flags =
            switch access {
            case .reading: O_RDONLY | O_CLOEXEC
            case .writing: O_RDWR | O_CREAT | O_CLOEXEC
            case .creating: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
            }
        descriptor = open(path, flags, 0o600)
        self.path = path
        self.flusher = flusher
        guard descriptor >= 0 else {
            throw FileFailure(access == .creating ? "create" : "open", path)
        }
    }

    deinit {
        close(descriptor)
    }

    package func size() throws(FileFailure) -> Int {
        try status().0
    }

    /// The permission bits: `0o600`.
    package func mode() throws(FileFailure) -> UInt32 {
        try status().1
    }

    private func status() throws(FileFailure) -> (Int, UInt32) {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw FileFailure("inspect", path) }
        return (Int(found.st_size), UInt32(found.st_mode) & 0o777)
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends.
    package func read(at offset: Int, count: Int) throws(FileFailure) -> [UInt8] {
        var failure: FileFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let got = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
                if got > 0 {
                    filled += got
                } else if got == 0 {
                    return
                } else if errno != EINTR {
                    failure = FileFailure("read", path)
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Everything, if it is not more than `limit`.
    package func readAll(limit: Int) throws(FileFailure) -> [UInt8] {
        let size = try size()
        guard size <= limit else { throw FileFailure("read", path, code: EFBIG) }
        return try read(at: 0, count: size)
    }

    /// Writes all of `bytes` from `offset` on.
    package func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
        var failure: FileFailure?
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count, let base = buffer.baseAddress {
                let count = pwrite(
                    descriptor,
                    base + written,
                    buffer.count - written,
                    off_t(offset + written)
                )
                if count >= 0 {
                    written += count
                } else if errno != EINTR {
                    failure = FileFailure("write", path)
                    return
                }
            }
        }
        if let failure { throw failure }
    }

    package func truncate(to size: Int) throws(FileFailure) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileFailure("shorten", path) }
    }

    /// Returns when what was written will survive a crash of the machine.
    package func synchronize() throws(FileFailure) {
        try flusher.flush(.file, descriptor, path)
    }

    /// Takes the lock that one open file at a time can have; false when another holds it.
    ///
    /// It belongs to this open file and goes with it, also when the process is killed.
    package func lock() throws(FileFailure) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw FileFailure("lock", path) }
        return false
    }

    /// Gives the lock back before the file is closed.
    package func unlock() {
        flock(descriptor, LOCK_UN)
    }
}
