import FoundationEssentials
import PseudoTerminal

/// Keystrokes and output at a terminal: the bare one, through `sekisho connect`, and through OpenSSH.
enum TerminalArea {
    private static let keystrokes = 500
    private static let sessionsOpened = 9
    private static let bytesOfOutput = 50_000_000
    private static let ready = "bench-is-ready"

    static func measurePTY() async throws -> [Measurement] {
        let echo = try await latencies(of: shell("stty raw -echo; echo \(ready); exec cat"))
        return try await [
            Measurement(.pty, "echo on a bare terminal, p50", echo.percentile(50), "ms"),
            Measurement(.pty, "echo on a bare terminal, p99", echo.percentile(99), "ms"),
        ] + output(of: shell(flood), .pty, "of a bare terminal")
    }

    static func measureEcho(_ programs: Programs) async throws -> [Measurement] {
        let script = "stty raw -echo; echo \(ready); exec cat"
        return try await compare(programs, script) { name, program in
            let echo = try await latencies(of: program)
            var prompts = Latencies()
            for _ in 0..<sessionsOpened {
                let begun = ContinuousClock.now
                let session = try await started(program)
                prompts.add(ContinuousClock.now - begun)
                session.close()
                _ = try await session.exitStatus()
            }
            return [
                Measurement(.echo, "echo through \(name), p50", echo.percentile(50), "ms"),
                Measurement(.echo, "echo through \(name), p99", echo.percentile(99), "ms"),
                Measurement(
                    .echo,
                    "from command to first output, \(name), p50",
                    prompts.percentile(50),
                    "ms"
                ),
            ]
        }
    }

    static func measureOutput(_ programs: Programs) async throws -> [Measurement] {
        try await compare(programs, flood) { name, program in
            try await output(of: program, .output, "through \(name)")
        }
    }

    /// Lines as a listing has them, without the terminal's translation of line ends.
    private static var flood: String {
        "stty raw -echo; echo \(ready); yes 'drwxr-xr-x 2 root root 4096 Jan  1 00:00 some-directory' "
            + "| head -c \(bytesOfOutput)"
    }

    /// Measures `sekisho connect` on a node of its own, KMS-encrypted, and OpenSSH if it is installed.
    private static func compare(
        _ programs: Programs,
        _ script: String,
        _ measure: (_ name: String, ChildProgram) async throws -> [Measurement]
    ) async throws -> [Measurement] {
        let node = try await RunningNode(programs)
        defer { node.stop() }
        var found = try await measure("sekisho connect", node.connecting(to: script))
        if let ssh = try await RunningSSH() {
            defer { ssh.stop() }
            found += try await measure("ssh -tt", ssh.connecting(to: script))
        }
        return found
    }

    private static func shell(_ script: String) -> ChildProgram {
        ChildProgram(
            path: "/bin/sh",
            arguments: ["sh", "-c", script],
            environment: ProcessEnvironment.current()
        )
    }

    private static func started(_ program: ChildProgram) async throws -> TerminalSession {
        let session = try TerminalSession(program)
        var seen = ""
        while !seen.contains(ready) {
            guard let bytes = await session.nextOutput() else {
                session.close()
                throw BenchFailure("\(program.path) ended before it was ready: \(seen)")
            }
            seen += String(decoding: bytes, as: UTF8.self)
        }
        return session
    }

    /// The time from a key to its echo, one key at a time, two milliseconds apart.
    private static func latencies(of program: ChildProgram) async throws -> Latencies {
        let session = try await started(program)
        defer { session.close() }
        var latencies = Latencies()
        for _ in 0..<keystrokes {
            try await Task.sleep(for: .milliseconds(2))
            let typed = ContinuousClock.now
            try await session.write([UInt8(ascii: "k")])
            guard await session.nextOutput() != nil else { break }
            latencies.add(ContinuousClock.now - typed)
        }
        return latencies
    }

    /// The rate of a flood, and what a megabyte of it costs in all processes that carry it, its source too.
    private static func output(
        of program: ChildProgram,
        _ area: Area,
        _ name: String
    ) async throws -> [Measurement] {
        let session = try await started(program)
        defer { session.close() }
        let cpu = ProcessFacts.cpuSecondsOfDescendants()
        let begun = ContinuousClock.now
        var count = 0
        while let bytes = await session.nextOutput() { count += bytes.count }
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        _ = try await session.exitStatus()
        let megabytes = Double(count) / 1e6
        // sshd lets go of the last bytes of a terminal now and then; a piece of the flood would be another matter.
        guard count >= bytesOfOutput / 100 * 99 else {
            throw BenchFailure("Only \(count) of \(bytesOfOutput) bytes came \(name).")
        }
        return [
            Measurement(area, "output \(name)", megabytes / seconds, "MB/s"),
            Measurement(
                area,
                "output \(name), all processes",
                (ProcessFacts.cpuSecondsOfDescendants() - cpu) / megabytes * 1000,
                "CPU ms/MB"
            ),
            Measurement(area, "output \(name), lost", Double(bytesOfOutput - count), "bytes"),
        ]
    }
}
