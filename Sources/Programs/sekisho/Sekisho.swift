// sekisho: the server and the command line in one program. Arguments, configuration and wiring; what decides
// lives in the libraries.

import ArgumentParser
import Glibc
import Vocabulary

/// The program's commands.
@main
struct Sekisho: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sekisho",
        abstract:
            "A self-hosted Session Manager: shells without open ports, and their encrypted logs.",
        discussion: """
            A server of your own:
              sekisho init --data ~/sekisho
              sekisho serve --data ~/sekisho
              eval "$(sekisho env --data ~/sekisho)"

            A node, and a shell on it:
              sekisho nodes activate --role EC2RoleSSMCWSecureLogs
              sekisho nodes
              sekisho connect mi-0123456789abcdef0

            Commands that ask a server read what all AWS tools read (AWS_ENDPOINT_URL, \
            AWS_CA_BUNDLE, AWS_ACCESS_KEY_ID, AWS_REGION, profiles), or take all of it from \
            --data DIR. Exit status: 0 done, 1 refused or failed, 2 wrong usage.
            """,
        version: Release.version,
        subcommands: [
            InitCommand.self, ServeCommand.self, EnvCommand.self, ConnectCommand.self,
            NodesCommand.self, SessionsCommand.self, LogsCommand.self, KeysCommand.self,
            WalkthroughCommand.self, CertificateCommand.self,
        ]
    )

    /// Runs what was asked for; exits 0 when it is done, 1 when it failed, 2 when it was asked wrongly.
    static func main() async {
        // A reader that goes away (`| head`) is an end of output, not of the program.
        signal(SIGPIPE, SIG_IGN)
        if PluginProgram.isAskedFor { Glibc.exit(await PluginProgram.run()) }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            end(with: error, usage: fullMessage(for: error))
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error, usage: wrongUsage(of: type(of: command), error))
        }
    }

    /// What is said of options that turn out not to go together when a command runs.
    ///
    /// The message that ArgumentParser makes of an error of `run` has the program's usage instead of the command's.
    static func wrongUsage(of command: any ParsableCommand.Type, _ error: any Error) -> String {
        "Error: \(message(for: error))\nUsage: \(usageString(for: command))"
    }

    private static func end(with error: any Error, usage: @autoclosure () -> String) -> Never {
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        let code = exitCode(for: error)
        // Help and version are no errors, and are printed as ArgumentParser does.
        if code.isSuccess { exit(withError: error) }
        if code == .validationFailure {
            Terminal.printError(usage())
            Glibc.exit(2)
        }
        Terminal.printError("\(Terminal.errorMark) \(error)")
        Glibc.exit(1)
    }
}
