import AWSClient
import Vocabulary

/// How long to wait before asking for credentials again, by what went wrong (session-protocol 1.4).
enum CredentialPause {
    /// What AWS says to a key that is not, or no longer, a node's.
    private static let unknownNode = "UnrecognizedClientException"

    /// `failures` counts those in a row, from 0.
    static func after(
        _ error: any Error,
        failures: Int,
        entropy: some Entropy
    ) -> Duration {
        let grown = Duration.seconds(1 << min(failures, 16))
        let part = grown * (entropy.fraction() * 0.2)
        switch (error as? AWSClientError)?.code {
        case "AccessDeniedException", "MachineFingerprintDoesNotMatch", unknownNode:
            // The server knows this node and says no; asking often would not help.
            return .seconds(25 * 60) + .seconds(5 * 60) * entropy.fraction()
        case .some:
            let wait = grown + part + .seconds(10) + .seconds(9) * entropy.fraction()
            return min(wait, Limits.credentialLongestPause)
        case nil:
            // Nobody answered. The stock agent lets this grow to 30 minutes as well, so that a server
            // that was away for an hour is missed for half an hour more.
            return min(grown + part, Limits.credentialLongestNetworkPause)
        }
    }

    /// What to do about it, after AWS's own sentence; at least its full stop.
    static func advice(on error: AWSClientError, endpoint: Endpoint) -> String {
        switch error.code {
        case unknownNode:
            " This machine is not a node of \(endpoint) any more, most likely since it was deregistered "
                + "there: \(AgentFailure.registerAnew)."
        case "MachineFingerprintDoesNotMatch":
            " This machine is not the one that registered, or has changed too much: "
                + "\(AgentFailure.registerAnew)."
        default: "\(error)".hasSuffix(".") ? "" : "."
        }
    }

    /// Whether a call was refused for the credentials that it was signed with.
    ///
    /// So it is when they ran out, and when the server ended them: the node's role was changed, or the node
    /// was deregistered. Others may do.
    static func isRefusal(of error: any Error) -> Bool {
        switch error as? AWSClientError {
        case .credentials: true
        case .service(let code, _, _, _):
            [
                "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId",
                "UnrecognizedClientException",
            ].contains(code)
        case .transport, .unreadable, nil: false
        }
    }
}

extension Entropy {
    /// A number in 0 ..< 1.
    func fraction() -> Double {
        let number = bytes(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(number) / Double(UInt64(1) << 48)
    }
}

extension Duration {
    /// As a person reads it: `27 minutes`, `1.2 seconds`.
    var spelledOut: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        if tenths >= 1200 { return "\(Int((Double(tenths) / 600).rounded())) minutes" }
        return "\(tenths / 10).\(tenths % 10) seconds"
    }
}
