import AWSClient
import ArgumentParser
import ClientCore
import FoundationEssentials
import Vocabulary

struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "The machines that sessions go to.",
        discussion: """
            Examples:
              sekisho nodes
              sekisho nodes activate --role EC2RoleSSMCWSecureLogs
              sekisho nodes remove mi-0123456789abcdef0
            """,
        subcommands: [List.self, Activate.self, Remove.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the nodes.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let nodes = try await client.calls().nodes()
            try output.print(nodes) {
                var table = Table("NODE", "STATUS", "NAME", "PLATFORM", "ADDRESS", "AGENT", "ROLE")
                for node in nodes {
                    table.add(
                        node.instanceId,
                        node.pingStatus,
                        node.name ?? node.computerName,
                        [node.platformName, node.platformVersion].compactMap { $0 }
                            .joined(separator: " "),
                        node.ipAddress,
                        node.agentVersion,
                        node.iamRole
                    )
                }
                return table
            }
        }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a machine register, and print the command to run there.",
            discussion: """
                The code is a secret until it is used or expires; it is shown once.

                Example:
                  sekisho nodes activate --role EC2RoleSSMCWSecureLogs --name web-1
                """
        )

        @Option(
            name: .long,
            help: ArgumentHelp(
                "The role that the node runs under; it must trust ssm.amazonaws.com.",
                valueName: "name"
            ),
            transform: OptionValue.name
        )
        var role: String

        @Option(name: .long, help: "A name to show for the node.")
        var name: String?

        @Option(
            name: .long,
            help: ArgumentHelp("How many machines may use it (default: 1).", valueName: "count"),
            transform: OptionValue.count
        )
        var limit: Int?

        @Option(
            name: .long,
            help: "For how many hours it is good, at most 720 (default: 24)."
        )
        var hours: Double?

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            // Thirty days are AWS's longest; no number at all ("nan") is not in the range either.
            guard hours.map({ $0 > 0 && $0 <= 720 }) ?? true else {
                throw ValidationError("--hours is to be more than 0, and 720 at most.")
            }
        }

        func run() async throws {
            let settings = try await client.settings()
            let calls = AWSCalls(client: try settings.client(logger: client.logger))
            let activation = try await calls.activate(
                role: role,
                name: name,
                limit: limit,
                expires: hours.map { Date(timeIntervalSinceNow: $0 * 3600) }
            )
            if output.output == .json { return try Terminal.print(json: activation) }
            let registration = RegistrationText(activation, at: settings)
            Terminal.print(registration.text)
            if let warning = registration.warning { Terminal.print("\n\(warning)") }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a node: it may not connect any more."
        )

        @Argument(help: "The node's id.", transform: OptionValue.name)
        var node: String

        @OptionGroup var client: ClientOptions

        func run() async throws {
            let calls = try await client.calls()
            try await Sought.node(node).through {
                try await calls.deregister(node)
            }
            Terminal.print("\(node) is removed.")
        }
    }
}
