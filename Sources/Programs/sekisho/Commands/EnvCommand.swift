import AWSClient
import ArgumentParser
import ClientCore
import Sealing
import SigV4
import Vocabulary

struct EnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print what points AWS tools at this server, for a shell to evaluate.",
        discussion: """
            The administrator's keys are among it, so it is for the administrator's own shell.

            Example:
              eval "$(sekisho env --data ~/sekisho)"
              aws sts get-caller-identity
            """
    )

    @OptionGroup var installation: InstallationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let settings = try await installation.clientSettings()
        var variables = [
            ("AWS_ACCESS_KEY_ID", settings.credentials.accessKeyID),
            ("AWS_SECRET_ACCESS_KEY", settings.credentials.secretAccessKey.revealedText()),
            ("AWS_REGION", settings.region.description),
            ("AWS_DEFAULT_REGION", settings.region.description),
            ("AWS_ENDPOINT_URL", settings.endpoint.description),
        ]
        if case .file(let path) = settings.trust { variables.append(("AWS_CA_BUNDLE", path)) }
        // Operations with a host prefix (StartSession has none, others do) would leave the endpoint's name.
        variables.append(("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"))
        switch output.output {
        case .json:
            try Terminal.print(
                json: Dictionary(uniqueKeysWithValues: variables.map { ($0.0, $0.1) })
            )
        case .text:
            // A token of an earlier shell would make the keys wrong.
            Terminal.print("unset AWS_SESSION_TOKEN AWS_PROFILE")
            for (name, value) in variables {
                Terminal.print("export \(name)=\(ShellQuoting.quoted(value))")
            }
        }
    }
}
