import AWSClient
import AgentCore
import FoundationEssentials
import Glibc
import Logging
import PseudoTerminal
import Vocabulary

/// What the programs cost before anybody uses them: time to start, memory, and size on disk.
enum FootprintArea {
    private static let starts = 20
    /// The first nodes pay for what all share: code paged in, tables made.
    private static let firstNodes = 20
    private static let furtherNodes = 200

    /// From the start of `sekisho serve --in-memory` to the line that says that it listens.
    static func measureStart(_ programs: Programs) async throws -> [Measurement] {
        let ready = "sekisho ready"
        var times = Latencies()
        for _ in 0..<starts {
            let begun = ContinuousClock.now
            let server = try TerminalSession(
                ChildProgram(
                    path: programs.sekisho,
                    arguments: [
                        "sekisho", "serve", "--in-memory", "--listen", "http://127.0.0.1:0",
                    ],
                    environment: ProcessEnvironment.current()
                )
            )
            var seen = ""
            while !seen.contains(ready), let bytes = await server.nextOutput() {
                seen += String(decoding: bytes, as: UTF8.self)
            }
            guard seen.contains(ready) else { throw BenchFailure("It did not start: \(seen)") }
            times.add(ContinuousClock.now - begun)
            kill(server.pid, SIGTERM)
            while await server.nextOutput() != nil {}
            _ = try await server.exitStatus()
            server.close()
        }
        return [
            Measurement(.start, "in-memory server ready, p50", times.percentile(50), "ms"),
            Measurement(.start, "in-memory server ready, p90", times.percentile(90), "ms"),
            try size(of: programs.sekisho, "sekisho"),
            try size(of: programs.agent, "sekisho-agent"),
        ]
    }

    /// Memory of an idle server and an idle agent, and what each further connected node adds to the server.
    static func measureMemory(_ programs: Programs) async throws -> [Measurement] {
        let node = try await RunningNode(programs)
        defer { node.stop() }
        // An agent gives memory back when it had nothing to do for a while.
        try await Task.sleep(for: Limits.agentIdlePause + .seconds(5))
        let (server, agent) = (node.server.memory, node.agentMemory)
        let nodes = try await SimulatedNodes(node.server, count: firstNodes + furtherNodes)
        let (few, many) = try await nodes.connected(firstNodes, then: furtherNodes) {
            node.server.memory
        }
        let each = { (more: Double, less: Double) in (more - less) / Double(furtherNodes) / 1024 }
        return [
            Measurement(.memory, "idle server, resident", server.resident / 1e6, "MB"),
            Measurement(.memory, "idle server, anonymous", server.anonymous / 1e6, "MB"),
            Measurement(.memory, "idle agent, resident", agent.resident / 1e6, "MB"),
            Measurement(.memory, "idle agent, anonymous", agent.anonymous / 1e6, "MB"),
            Measurement(
                .memory,
                "each of \(furtherNodes) idle nodes, at the server",
                each(many.resident, few.resident),
                "KiB"
            ),
        ]
    }

    private static func size(of path: String, _ name: String) throws -> Measurement {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw BenchFailure("\(path) is not there.") }
        return Measurement(.start, "\(name) on disk", Double(facts.st_size) / 1e6, "MB")
    }
}

/// Registered nodes whose agents all run in this process, each with a control channel of its own over TLS.
private struct SimulatedNodes {
    private let server: RunningServer
    private let directories: [StateDirectory]
    private let openFilesBefore: Int

    private struct ActivationInput: Encodable, Sendable {
        let IamRole = "EC2RoleSSMCWSecureLogs"
        let RegistrationLimit: Int
    }
    private struct Activation: Decodable, Sendable {
        let ActivationId: String
        let ActivationCode: String
    }
    private struct InformationInput: Encodable, Sendable {
        let MaxResults = 50
        let NextToken: String?
    }
    private struct InformationOutput: Decodable, Sendable {
        struct Node: Decodable, Sendable { let PingStatus: String? }
        let InstanceInformationList: [Node]
        let NextToken: String?
    }

    init(_ server: RunningServer, count: Int) async throws {
        self.server = server
        openFilesBefore = server.openFiles
        let activation: Activation = try await server.client().call(
            .ssm,
            "CreateActivation",
            ActivationInput(RegistrationLimit: count)
        )
        var directories: [StateDirectory] = []
        for number in 0..<count {
            let directory = StateDirectory(path: "\(server.scratch)/nodes/\(number)")
            let register = Register(
                endpoint: server.endpoint,
                authorityFile: server.authorityFile,
                activationCode: activation.ActivationCode,
                activationID: activation.ActivationId,
                region: try Region(parsing: "us-east-1"),
                directory: directory
            )
            _ = try await register.run(
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
            )
            directories.append(directory)
        }
        self.directories = directories
    }

    /// Connects some, looks; connects more, looks again; and disconnects all.
    func connected<Sight: Sendable>(
        _ first: Int,
        then more: Int,
        look: @Sendable () -> Sight
    ) async throws -> (Sight, Sight) {
        try await withThrowingTaskGroup(of: Void.self) { group in
            func connect(_ directories: ArraySlice<StateDirectory>) throws {
                for directory in directories {
                    let agent = try Agent(
                        directory: directory,
                        environment: [:],
                        log: AgentLog(file: nil, standardError: false)
                    )
                    group.addTask { try await agent.run() }
                }
            }
            try connect(directories[..<first])
            try await settle(first)
            let before = look()
            try connect(directories[first..<(first + more)])
            try await settle(first + more)
            let after = look()
            group.cancelAll()
            return (before, after)
        }
    }

    /// Waits until that many nodes are online beside the real one, and nothing but their channels is open.
    ///
    /// What a node calls at its start goes over connections of its own, which close when they were idle for long.
    private func settle(_ count: Int) async throws {
        let client = try server.client()
        for _ in 0..<300 {
            var (online, token) = (0, String?.none)
            repeat {
                let page: InformationOutput = try await client.call(
                    .ssm,
                    "DescribeInstanceInformation",
                    InformationInput(NextToken: token)
                )
                online += page.InstanceInformationList.filter { $0.PingStatus == "Online" }.count
                token = page.NextToken
            } while token != nil
            if online > count, server.openFiles <= openFilesBefore + count + 5 {
                // What closed connections leave is given back within that time.
                return try await Task.sleep(for: Limits.memoryTrimInterval + .seconds(1))
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw BenchFailure(
            "The nodes did not come up and fall silent within two and a half minutes; the server has "
                + "\(server.openFiles) files open, \(openFilesBefore) before."
        )
    }
}
