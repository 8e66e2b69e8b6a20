import FoundationEssentials
import Glibc

/// What the kernel says of processes, from `/proc`.
enum ProcessFacts {
    /// Seconds of CPU that one process used so far, its children left out; not a number when it is gone.
    static func cpuSeconds(_ pid: pid_t) -> Double {
        stat(of: "\(pid)").map { $0.own } ?? .nan
    }

    /// Seconds of CPU that all descendants of this process used so far, those that ended included.
    ///
    /// A process that ended counts with its parent from the moment the parent took note of it, so nothing is
    /// lost between two looks, as long as no one of them outlives its parent.
    static func cpuSecondsOfDescendants() -> Double {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var all: [pid_t: Stat] = [:]
        for name in names where name.first?.isNumber == true {
            if let pid = pid_t(name), let stat = stat(of: name) { all[pid] = stat }
        }
        let own = getpid()
        func descends(_ pid: pid_t) -> Bool {
            var pid = pid
            while let parent = all[pid]?.parent, parent > 1 {
                if parent == own { return true }
                pid = parent
            }
            return false
        }
        let living = all.filter { descends($0.key) }.reduce(0) {
            $0 + $1.value.own + $1.value.children
        }
        return living + (all[own]?.children ?? 0)
    }

    /// Memory of a process in bytes: resident, and of that what no file stands behind.
    static func memory(_ pid: pid_t) -> (resident: Double, anonymous: Double) {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        func bytes(_ name: String) -> Double {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst().first
                .flatMap { Double($0) }.map { $0 * 1024 } ?? .nan
        }
        return (bytes("VmRSS"), bytes("RssAnon"))
    }

    /// How many files and sockets a process has open.
    static func openFiles(_ pid: pid_t) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd"))?.count ?? 0
    }

    private struct Stat {
        let parent: pid_t
        let own: Double
        let children: Double
    }

    /// `proc(5)`: the fields after the name in parentheses, which may hold anything.
    private static func stat(of pid: String) -> Stat? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 14, let parent = pid_t(fields[1]) else { return nil }
        let ticks = fields[11...14].compactMap { Double($0) }
        guard ticks.count == 4 else { return nil }
        let second = Double(sysconf(Int32(_SC_CLK_TCK)))
        return Stat(
            parent: parent,
            own: (ticks[0] + ticks[1]) / second,
            children: (ticks[2] + ticks[3]) / second
        )
    }
}
