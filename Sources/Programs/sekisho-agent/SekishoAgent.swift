import AgentCore
import ArgumentParser
import Glibc
import PseudoTerminal
import Vocabulary

/// The program on the node: registers it once, and then runs for ever.
@main
struct SekishoAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sekisho-agent",
        abstract: "Makes this machine a node of a Sekisho server, and opens its sessions.",
        discussion: """
            EXAMPLES
              sekisho-agent register --endpoint https://sekisho.internal:8443 --ca ca.pem \\
                  --code AbCdEfGhIjKlMnOpQrSt --id 01234567-89ab-cdef-0123-456789abcdef
              sekisho-agent run

            The code and the id come from `aws ssm create-activation` or `sekisho nodes activate`. \
            Logs go to standard error and to agent.log in the state directory.
            """,
        version: Release.version,
        subcommands: [RegisterCommand.self, RunCommand.self]
    )

    /// 0 done, 1 refused or failed with one sentence, 2 wrong usage.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            if code == .success { exit(withError: error) }
            if code == .validationFailure {
                complain(fullMessage(for: error))
                Glibc.exit(2)
            }
            complain("sekisho-agent: \(error)")
            Glibc.exit(1)
        }
    }

    private static func complain(_ text: String) {
        let bytes = Array("\(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Where the state is; the same for both commands.
struct StateOptions: ParsableArguments {
    @Option(
        help: """
            The directory of the node's state; /var/lib/sekisho-agent for root, else below \
            ~/.local/state.
            """
    )
    var state: String?

    var directory: StateDirectory {
        state.map { StateDirectory(path: $0) }
            ?? .standard(environment: ProcessEnvironment.current())
    }
}
