import FoundationEssentials
import Glibc
import PseudoTerminal

/// A server, set up by the walkthrough, and a node of its own.
struct RunningNode {
    let server: RunningServer
    private let agent: BackgroundProgram
    private let programs: Programs
    private let id: String

    private struct Activation: Decodable {
        let ActivationId: String
        let ActivationCode: String
    }
    private struct Node: Decodable {
        let InstanceId: String
        let PingStatus: String?
    }

    init(_ programs: Programs) async throws {
        self.programs = programs
        server = try await RunningServer(programs)
        let data = ["--data", server.dataDirectory]
        _ = try await Programs.run(programs.sekisho, ["setup-walkthrough"] + data)
        let activation: Activation = try await Self.json(
            programs,
            ["nodes", "activate", "--role", "EC2RoleSSMCWSecureLogs"] + data
        )
        let state = "\(server.scratch)/node"
        _ = try await Programs.run(
            programs.agent,
            [
                "register", "--endpoint", server.endpoint,
                "--ca", server.authorityFile,
                "--code", activation.ActivationCode, "--id", activation.ActivationId,
                "--region", "us-east-1", "--state", state,
            ]
        )
        agent = try BackgroundProgram(programs.agent, ["run", "--state", state])
        var online: String?
        for _ in 0..<100 where online == nil {
            let nodes: [Node] = try await Self.json(programs, ["nodes"] + data)
            online = nodes.first { $0.PingStatus == "Online" }?.InstanceId
            try await Task.sleep(for: .milliseconds(200))
        }
        guard let online else { throw BenchFailure("The node did not come up.") }
        id = online
    }

    var agentMemory: (resident: Double, anonymous: Double) { ProcessFacts.memory(agent.pid) }

    func connecting(to script: String) -> ChildProgram {
        ChildProgram(
            path: programs.sekisho,
            arguments: [
                "sekisho", "connect", id, "--data", server.dataDirectory, "--", "sh", "-c", script,
            ],
            environment: ProcessEnvironment.current()
        )
    }

    func stop() {
        agent.stop()
        server.stop()
    }

    private static func json<Value: Decodable>(
        _ programs: Programs,
        _ arguments: [String]
    ) async throws -> Value {
        let text = try await Programs.run(programs.sekisho, arguments + ["--output", "json"])
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
}

/// OpenSSH on a free port of the loopback, for comparison; nil where sshd is not installed.
struct RunningSSH {
    private let folder: Scratch
    private let daemon: BackgroundProgram
    private let port: Int

    init?() async throws {
        let sshd = "/usr/sbin/sshd"
        guard access(sshd, X_OK) == 0, access("/usr/bin/ssh", X_OK) == 0 else { return nil }
        folder = try Scratch()
        for name in ["host", "person"] {
            _ = try await Programs.run(
                "/usr/bin/ssh-keygen",
                ["-q", "-t", "ed25519", "-N", "", "-f", "\(folder.path)/\(name)"]
            )
        }
        port = Int.random(in: 20_000..<60_000)
        // What the init script of the package makes; sshd as root does not start without.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        daemon = try BackgroundProgram(
            sshd,
            [
                "-D", "-e", "-f", "/dev/null", "-p", "\(port)", "-h", "\(folder.path)/host",
                "-o", "ListenAddress=127.0.0.1", "-o", "StrictModes=no", "-o", "UsePAM=no",
                "-o", "AuthorizedKeysFile=\(folder.path)/person.pub", "-o", "PidFile=none",
            ]
        )
    }

    func connecting(to script: String) -> ChildProgram {
        ChildProgram(
            path: "/usr/bin/ssh",
            arguments: [
                "ssh", "-tt", "-F", "none", "-p", "\(port)", "-i", "\(folder.path)/person",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "LogLevel=ERROR", "-o", "ConnectionAttempts=10", "127.0.0.1", script,
            ],
            environment: ProcessEnvironment.current()
        )
    }

    func stop() {
        daemon.stop()
        folder.remove()
    }
}
