// Files: files and folders with the flushes that a crash demands, and one way to replace a file. Every call blocks.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is flushed.
package enum Flushed: Sendable {
    /// The bytes of a file.
    case file
    /// The names in a folder.
    case folder
}

/// Makes bytes and names survive a crash of the machine.
///
/// A seam: a test counts the flushes, or lets one fail.
package protocol Flusher: Sendable {
    /// Returns when what was written to the open file or folder is on the disk.
    func flush(_ kind: Flushed, _ descriptor: CInt, _ path: String) throws(FileFailure)
}

/// The machine's own flushes.
package struct SystemFlusher: Flusher {
    package init() {}

    package func flush(
        _ kind: Flushed,
        _ descriptor: CInt,
        _ path: String
    ) throws(FileFailure) {
        #if os(Linux)
            let result = kind == .file ? fdatasync(descriptor) : fsync(descriptor)
        #else
            let result = kind == .file ? fcntl(descriptor, F_FULLFSYNC) : fsync(descriptor)
        #endif
        guard result == 0 else { throw FileFailure("flush", path) }
    }
}
