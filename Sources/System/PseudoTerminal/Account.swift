package import Glibc
import Vocabulary

/// A user of this machine, as the user database knows them.
package struct Account: Hashable, Sendable {
    package let name: String
    package let uid: uid_t
    package let gid: gid_t
    /// All groups, the primary one included.
    package let groups: [gid_t]
    package let home: String
    package let shell: String

    package var isRoot: Bool { uid == 0 || gid == 0 }

    /// The user of that name; nil when there is none.
    package static func named(_ name: String) throws(SystemFailure) -> Account? {
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        return try lookUp { entry, buffer, found in
            guard let start = buffer.baseAddress else { return ERANGE }
            return getpwnam_r(name, entry, start, buffer.count, found)
        }
    }

    /// The user whose rights this process has now.
    package static func current() throws(SystemFailure) -> Account? {
        try lookUp { entry, buffer, found in
            guard let start = buffer.baseAddress else { return ERANGE }
            return getpwuid_r(geteuid(), entry, start, buffer.count, found)
        }
    }

    private typealias Query = (
        UnsafeMutablePointer<passwd>, UnsafeMutableBufferPointer<CChar>,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> Int32

    private static func lookUp(_ query: Query) throws(SystemFailure) -> Account? {
        var capacity = 4096
        while true {
            let (account, error) = withUnsafeTemporaryAllocation(
                of: CChar.self,
                capacity: capacity
            ) { buffer -> (Account?, Int32) in
                var entry = passwd()
                var found: UnsafeMutablePointer<passwd>?
                let error = query(&entry, buffer, &found)
                return (found == nil ? nil : Account(entry), error)
            }
            switch error {
            case 0: return account
            // Some sources say "not found" with an error of their own.
            case ENOENT, ESRCH: return nil
            case ERANGE where capacity < Limits.accountEntryBytes: capacity *= 2
            case EINTR: continue
            default: throw SystemFailure(doing: "look up a user", errno: error)
            }
        }
    }

    private init?(_ entry: passwd) {
        guard let name = entry.pw_name else { return nil }
        self.name = String(cString: name)
        uid = entry.pw_uid
        gid = entry.pw_gid
        home = entry.pw_dir.map { String(cString: $0) } ?? "/"
        shell = entry.pw_shell.map { String(cString: $0) } ?? ""
        groups = Self.groups(of: name, primary: entry.pw_gid)
    }

    private static func groups(of name: UnsafePointer<CChar>, primary: gid_t) -> [gid_t] {
        var capacity: Int32 = 64
        while true {
            var count = capacity
            var groups = [gid_t](repeating: primary, count: Int(capacity))
            if getgrouplist(name, primary, &groups, &count) >= 0 {
                return Array(groups.prefix(Int(count)))
            }
            guard capacity < Limits.accountGroups else { return [primary] }
            capacity = max(capacity * 2, min(count, Int32(Limits.accountGroups)))
        }
    }
}
