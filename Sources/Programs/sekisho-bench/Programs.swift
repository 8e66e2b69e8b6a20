import AWSClient
import FoundationEssentials
import Glibc
import Logging
import PseudoTerminal
import Sealing
import SigV4
import Vocabulary

/// Where the programs to measure are.
struct Programs {
    let directory: String

    /// Beside this program unless said otherwise.
    init(directory: String?) {
        let own = CommandLine.arguments.first ?? ""
        let slash = own.lastIndex(of: "/")
        self.directory = directory ?? slash.map { String(own[..<$0]) } ?? "."
    }

    var sekisho: String { "\(directory)/sekisho" }
    var agent: String { "\(directory)/sekisho-agent" }

    /// Runs a program on a terminal of its own until it ends, and gives what it printed.
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = ProcessEnvironment.current()
    ) async throws -> String {
        let session = try TerminalSession(
            ChildProgram(
                path: path,
                arguments: [path] + arguments,
                environment: environment
            ),
            size: WindowSize(columns: 300, rows: 100)
        )
        var output: [UInt8] = []
        while let bytes = await session.nextOutput() { output += bytes }
        let status = try await session.exitStatus()
        session.close()
        let text = String(decoding: output, as: UTF8.self)
        guard status == .code(0) else {
            throw BenchFailure("\(path) \(arguments.first ?? "") failed: \(text)")
        }
        return text
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A folder that is gone after the measurement.
struct Scratch {
    let path: String

    init() throws {
        path = "/tmp/sekisho-bench.\(UInt32.random(in: 0 ... .max))"
        guard mkdir(path, 0o700) == 0 else {
            throw BenchFailure("The folder \(path) cannot be made.")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// A program in the background, on a terminal that is read and thrown away.
struct BackgroundProgram {
    let session: TerminalSession

    init(_ path: String, _ arguments: [String]) throws {
        let session = try TerminalSession(
            ChildProgram(
                path: path,
                arguments: [path] + arguments,
                environment: ProcessEnvironment.current()
            )
        )
        self.session = session
        // Ends with the program; a full terminal would stop it.
        Task { while await session.nextOutput() != nil {} }
    }

    var pid: pid_t { session.pid }

    func stop() {
        kill(session.pid, SIGTERM)
        for _ in 0..<100 where session.exitStatusNow == nil { usleep(50_000) }
        kill(session.pid, SIGKILL)
        session.close()
    }
}

/// `sekisho serve` on a new data directory and a free port.
struct RunningServer {
    private let folder: Scratch
    private let program: BackgroundProgram
    let endpoint: String
    private let administrator: Administrator

    private struct Administrator: Decodable {
        let accessKeyId: String
        let secretAccessKey: String
    }
    private struct Addresses: Decodable { let publicURL: String }

    init(_ programs: Programs) async throws {
        folder = try Scratch()
        let data = "\(folder.path)/data"
        let made = try await Programs.run(
            programs.sekisho,
            ["init", "--data", data, "--output", "json"]
        )
        administrator = try JSONDecoder().decode(Administrator.self, from: Data(made.utf8))
        program = try BackgroundProgram(
            programs.sekisho,
            ["serve", "--data", data, "--listen", "https://127.0.0.1:0"]
        )
        let address = "\(data)/server.json"
        for _ in 0..<200 where !FileManager.default.fileExists(atPath: address) {
            try await Task.sleep(for: .milliseconds(50))
        }
        let bytes = try Data(contentsOf: URL(filePath: address))
        endpoint = try JSONDecoder().decode(Addresses.self, from: bytes).publicURL
    }

    var cpuSeconds: Double { ProcessFacts.cpuSeconds(program.pid) }
    var memory: (resident: Double, anonymous: Double) { ProcessFacts.memory(program.pid) }
    var dataDirectory: String { "\(folder.path)/data" }
    var openFiles: Int { ProcessFacts.openFiles(program.pid) }
    var authorityFile: String { "\(dataDirectory)/ca.pem" }
    var scratch: String { folder.path }

    func client() throws -> AWSClient {
        try AWSClient(
            endpoint: Endpoint(parsing: endpoint),
            region: Region(parsing: "us-east-1"),
            signing: .credentials(
                SigningCredentials(
                    accessKeyID: administrator.accessKeyId,
                    secretAccessKey: Secret(utf8: administrator.secretAccessKey)
                )
            ),
            trust: .file(authorityFile),
            retries: .never,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    func stop() {
        program.stop()
        folder.remove()
    }
}
