package import AWSClient
import FoundationEssentials
package import Logging
import Sealing
package import SigV4
package import Vocabulary

/// The node's temporary credentials, fetched with its key and renewed at half of their life.
package actor NodeCredentials {
    private struct Held {
        let credentials: SigningCredentials
        let retrieved: Date
        let expires: Date

        var renewal: Date {
            retrieved.addingTimeInterval(expires.timeIntervalSince(retrieved) / 2)
        }
    }

    private let client: AWSClient
    private let fingerprint: String
    private let clock: any WallClock
    private let entropy: any Entropy
    private let logger: Logger
    private var held: Held?
    private var lastError = "They have not been fetched yet."

    /// `client` signs with the node's key.
    package init(
        client: AWSClient,
        fingerprint: String,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        self.client = client
        self.fingerprint = fingerprint
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    /// What to sign with now.
    package func current() throws -> SigningCredentials {
        guard let held, held.expires > clock.now() else {
            throw AWSClientError.credentials("The node has no valid credentials. \(lastError)")
        }
        return held.credentials
    }

    /// Fetches until there are some; throws only `CancellationError`.
    package func fetchFirst() async throws {
        var failures = 0
        while true {
            guard let pause = await fetch(failures: failures) else { return }
            failures += 1
            try await Task.sleep(for: pause)
        }
    }

    /// Renews for ever, until cancelled.
    package func keepFresh() async throws {
        var failures = 0
        while true {
            if let held, failures == 0 {
                let wait = held.renewal.timeIntervalSince(clock.now())
                // Looked at again every minute, so that a clock that jumps is noticed.
                if wait > 0 {
                    try await Task.sleep(for: .seconds(min(wait, 60)))
                    continue
                }
            }
            if let pause = await fetch(failures: failures) {
                failures += 1
                try await Task.sleep(for: pause)
            } else {
                failures = 0
            }
        }
    }

    /// Fetches once; nil when it went well, else how long to wait.
    private func fetch(failures: Int) async -> Duration? {
        do {
            let answer: Output = try await client.call(
                .ssm,
                "RequestManagedInstanceRoleToken",
                Input(fingerprint: fingerprint)
            )
            held = Held(
                credentials: SigningCredentials(
                    accessKeyID: answer.accessKeyID,
                    secretAccessKey: Secret(utf8: answer.secretAccessKey),
                    sessionToken: answer.sessionToken
                ),
                retrieved: clock.now(),
                expires: answer.tokenExpirationDate
            )
            if answer.updateKeyPair == true {
                logger.warning(
                    "The server asks for a new key pair; register this node anew when convenient."
                )
            }
            return nil
        } catch {
            lastError = "\(error)"
            let pause = CredentialPause.after(error, failures: failures, entropy: entropy)
            logger.error("Retrieve credentials produced error: \(error). Next attempt in \(pause).")
            return pause
        }
    }

    private struct Input: Encodable, Sendable {
        let fingerprint: String

        enum CodingKeys: String, CodingKey { case fingerprint = "Fingerprint" }
    }

    private struct Output: Decodable, Sendable {
        let accessKeyID: String
        let secretAccessKey: String
        let sessionToken: String
        let tokenExpirationDate: Date
        let updateKeyPair: Bool?

        enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case sessionToken = "SessionToken"
            case tokenExpirationDate = "TokenExpirationDate"
            case updateKeyPair = "UpdateKeyPair"
        }
    }
}
