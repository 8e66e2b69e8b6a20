import AWSClient
import Vocabulary

/// How long to wait before asking for credentials again, by what went wrong (session-protocol 1.4).
enum CredentialPause {
    /// `failures` counts those in a row, from 0.
    static func after(
        _ error: any Error,
        failures: Int,
        entropy: some Entropy
    ) -> Duration {
        let grown = Duration.seconds(1 << min(failures, 16))
        let part = grown * (entropy.fraction() * 0.2)
        switch (error as? AWSClientError)?.code {
        case "AccessDeniedException", "MachineFingerprintDoesNotMatch":
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
}

extension Entropy {
    /// A number in 0 ..< 1.
    func fraction() -> Double {
        let number = bytes(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(number) / Double(UInt64(1) << 48)
    }
}
