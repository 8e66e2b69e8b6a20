import AgentCore
import ArgumentParser
import Logging
import Vocabulary

/// `sekisho-agent register`.
struct RegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers this machine as a node, once, with an activation."
    )

    @Option(help: "The server, as https://HOST[:PORT]; http:// only for this machine itself.")
    var endpoint: String

    @Option(help: "A PEM file with the server's CA; without it the machine's own roots count.")
    var ca: String?

    @Option(help: "The activation code.")
    var code: String

    @Option(help: "The activation id.")
    var id: String

    @Option(help: "The server's region.")
    var region = "us-east-1"

    @Flag(help: "Makes a machine that is registered already a new node.")
    var replace = false

    @OptionGroup var options: StateOptions

    func validate() throws {
        guard (try? Region(parsing: region)) != nil else {
            throw ValidationError("'\(region)' is not a region.")
        }
    }

    func run() async throws {
        let directory = options.directory
        let register = Register(
            endpoint: endpoint,
            authorityFile: ca,
            activationCode: code,
            activationID: id,
            region: try Region(parsing: region),
            directory: directory,
            replaces: replace
        )
        let log = AgentLog(file: nil, level: .warning)
        let node = try await register.run(logger: log.logger("sekisho-agent"))
        print("Registered as \(node.id). Run it with: sekisho-agent run --state \(directory.path)")
    }
}
