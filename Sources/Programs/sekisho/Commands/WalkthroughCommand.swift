import ArgumentParser
import ClientCore

struct WalkthroughCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-walkthrough",
        abstract: "Do steps 1 to 4 of AWS's article on encrypted session logs.",
        discussion: """
            A key with the alias session-manager-logs, the log group ssm-secure-consolelog-group under it, the \
            role EC2RoleSSMCWSecureLogs for nodes, and the session preferences. What is right already stays as \
            it is, so it may be run again.

            Example:
              sekisho setup-walkthrough --data ~/sekisho
            """
    )

    @OptionGroup var client: ClientOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let walkthrough = Walkthrough(
            client: try await client.settings().client(logger: client.logger)
        )
        var steps: [Walkthrough.Step] = []
        try await walkthrough.run { step in
            steps.append(step)
            guard output.output == .text else { return }
            let place = step.step == "0" ? "First " : "Step \(step.step)"
            Terminal.print("\(place)  \(step.what): \(step.outcome.rawValue)")
        }
        if output.output == .json { try Terminal.print(json: steps) }
    }
}
