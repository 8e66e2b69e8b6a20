import FoundationEssentials
import Glibc
import NIOCore

/// What tells this machine from a copy of it; what cannot be read is empty.
package enum HardwareFacts {
    package static func read() -> [String: String] {
        let device = firstDevice()
        return [
            Fingerprint.machineID: firstLine(of: "/etc/machine-id")
                ?? firstLine(of: "/var/lib/dbus/machine-id") ?? "",
            Fingerprint.address: device?.address ?? "",
            "macaddr-info": device.flatMap { firstLine(of: "/sys/class/net/\($0.name)/address") }
                ?? "",
            "hostname-info": hostName(),
            "processor-info": processor(),
            "memory-info": line(of: "/proc/meminfo", beginning: "MemTotal:") ?? "",
            "disk-info": disks(),
        ]
    }

    /// The name of this machine.
    static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// The first address of version 4 that others can reach.
    static func firstDevice() -> (name: String, address: String)? {
        for device in (try? System.enumerateDevices()) ?? [] {
            guard case .v4? = device.address, let address = device.address?.ipAddress,
                !address.hasPrefix("127.")
            else { continue }
            return (device.name, address)
        }
        return nil
    }

    /// The system's name and version, such as `Debian GNU/Linux` and `12`.
    static func platform() -> (name: String, version: String) {
        func value(_ key: String) -> String? {
            line(of: "/etc/os-release", beginning: key + "=").map {
                String($0.dropFirst(key.utf8.count + 1)).trimmed(of: "\"'")
            }
        }
        return (value("NAME") ?? "Linux", value("VERSION_ID") ?? "")
    }

    private static func processor() -> String {
        let lines = lines(of: "/proc/cpuinfo")
        let model = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("CPU part") } ?? ""
        return "\(lines.count { $0.hasPrefix("processor") }) \(model)"
    }

    private static func disks() -> String {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/dev/disk/by-uuid")
        return (names ?? []).sorted().joined(separator: ",")
    }

    private static func firstLine(of path: String) -> String? {
        lines(of: path).first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func line(of path: String, beginning: String) -> String? {
        lines(of: path).first { $0.hasPrefix(beginning) }
    }

    private static func lines(of path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension String {
    fileprivate func trimmed(of characters: String) -> String {
        var rest = self[...]
        while let first = rest.first, characters.contains(first) { rest.removeFirst() }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
