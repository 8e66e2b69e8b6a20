import CPseudoTerminal

/// The variables that this process was started with.
package enum ProcessEnvironment {
    package static func current() -> [String: String] {
        var variables: [String: String] = [:]
        var next = cpty_environment()
        while let entry = next, let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if parts.count == 2, !parts[0].isEmpty {
                variables[String(parts[0])] = String(parts[1])
            }
            next = entry.advanced(by: 1)
        }
        return variables
    }
}
