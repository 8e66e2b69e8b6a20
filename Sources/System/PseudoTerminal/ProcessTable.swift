import Glibc

/// What `/proc` says of the processes of this machine.
enum ProcessTable {
    /// Every process whose session that is.
    static func members(ofSession session: pid_t) -> [pid_t] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var members: [pid_t] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let pid = pid_t(name), getsid(pid) == session { members.append(pid) }
        }
        return members
    }
}
