import Glibc
import Vocabulary

/// A log file that is put aside when it is full: `agent.log`, then `agent.log.1`, up to the oldest.
struct RotatingFile {
    private let path: String
    private let limit: Int
    private let kept: Int
    private var size: Int?

    init(path: String, limit: Int = Limits.agentLogBytes, kept: Int = Limits.agentLogFiles) {
        self.path = path
        self.limit = limit
        self.kept = kept
    }

    /// Adds whole lines.
    ///
    /// A disk that takes none loses them: the log must not stop the agent.
    mutating func append(_ bytes: [UInt8]) {
        if let size, size + bytes.count > limit { rotate() }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        if size == nil {
            size = max(0, Int(lseek(file, 0, SEEK_END)))
            if let size, size + bytes.count > limit, size > 0 {
                rotate()
                return append(bytes)
            }
        }
        if writeAll(bytes, to: file) { size = (size ?? 0) + bytes.count }
    }

    private mutating func rotate() {
        for number in stride(from: kept - 1, through: 1, by: -1) {
            rename("\(path).\(number)", "\(path).\(number + 1)")
        }
        rename(path, "\(path).1")
        size = 0
    }
}

/// Writes all bytes to a descriptor; false when it takes no more.
@discardableResult
func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if count > 0 {
            rest = rest.dropFirst(count)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
