import AWSClient
import Vocabulary

/// What an administrator reads after making an activation: the commands for the machine, and what they need.
package struct RegistrationText: Sendable {
    private let activation: NodeActivation
    private let endpoint: Endpoint
    private let region: Region
    private let authority: String?

    package init(_ activation: NodeActivation, at settings: ClientSettings) {
        self.activation = activation
        endpoint = settings.endpoint
        region = settings.region
        // Plain http shows no certificate that the agent could check.
        if endpoint.isSecure, case .file(let path) = settings.trust {
            authority = path
        } else {
            authority = nil
        }
    }

    package var text: String {
        var words = ["sekisho-agent", "register", "--endpoint", endpoint.description]
        if let authority { words += ["--ca", authority] }
        words += ["--code", activation.activationCode, "--id", activation.activationId]
        words += ["--region", region.description]
        let commands = """
            Run on the machine:

              \(ShellQuoting.line(words))
              sekisho-agent run
            """
        guard let authority else { return commands }
        return commands + """


            The agent checks the server's certificate with \(authority): if the machine is another one than
            this, copy that file there first, and name the copy after --ca.
            """
    }

    /// Said apart: the address is of no use to any other machine.
    package var warning: String? {
        guard endpoint.isLoopback else { return nil }
        return """
            \(endpoint) reaches the server from this machine only. For nodes elsewhere, serve with \
            --listen https://0.0.0.0:\(endpoint.port) --public-url https://HOST:\(endpoint.port), where HOST is a name \
            in the server's certificate ('sekisho init --san HOST').
            """
    }
}
