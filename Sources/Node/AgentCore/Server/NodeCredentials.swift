package import AWSClient
import FoundationEssentials
package import Logging
import Sealing
package import SigV4
package import Vocabulary
import Waiting

/// The node's temporary credentials, fetched with its key and renewed at half of their life.
package actor NodeCredentials {
    private struct Held {
        let credentials: SigningCredentials
        let retrieved: Date
        let expires: Date
        /// When they came, by a clock that nobody sets.
        let received = ContinuousClock.now

        var renewal: Date {
            retrieved.addingTimeInterval(expires.timeIntervalSince(retrieved) / 2)
        }
    }

    private let client: AWSClient
    private let keys: NodeKeyRing
    private let fingerprint: String
    private let clock: any WallClock
    private let entropy: any Entropy
    private let logger: Logger
    private var held: Held?
    private var lastError = "They have not been fetched yet."
    /// Rung when the credentials held are of no use any more.
    private let refusal = Doorbell()
    /// Rung when there are credentials again: one for each call of `replace` that waits.
    private(set) var waiting: [Doorbell] = []

    /// `client` signs with the key that `keys` has in use.
    package init(
        client: AWSClient,
        keys: NodeKeyRing,
        fingerprint: String,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        self.client = client
        self.keys = keys
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
            try Task.checkCancellation()
            if let held, failures == 0 {
                let wait = held.renewal.timeIntervalSince(clock.now())
                // Looked at again every minute, so that a clock that jumps is noticed.
                if wait > 0 {
                    await refusal.wait(upTo: .seconds(min(wait, 60)))
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

    /// After a call that the server refused for the credentials it was signed with: fetches others.
    ///
    /// `begun` is when the call began. Credentials that came since are not thrown away: the refusal was for
    /// those before them, and if not, the next call's will tell. Returns when there are some, which is never
    /// for a node that was deregistered, or when cancelled.
    package func replace(refusedInCallBegun begun: ContinuousClock.Instant) async {
        if let held, held.received > begun, held.expires > clock.now() { return }
        held = nil
        let bell = Doorbell()
        waiting.append(bell)
        refusal.ring()
        await bell.wait()
        waiting.removeAll { $0 === bell }
    }

    /// Fetches once; nil when it went well, else how long to wait.
    private func fetch(failures: Int) async -> Duration? {
        do {
            let answer = try await requestToken()
            held = Held(
                credentials: SigningCredentials(
                    accessKeyID: answer.accessKeyID,
                    secretAccessKey: Secret(utf8: answer.secretAccessKey),
                    sessionToken: answer.sessionToken
                ),
                retrieved: clock.now(),
                expires: answer.tokenExpirationDate
            )
            for bell in waiting { bell.ring() }
            waiting = []
            logger.debug("The node has new credentials until \(answer.tokenExpirationDate)")
            if answer.updateKeyPair == true { await changeKey() }
            return nil
        } catch {
            let pause = CredentialPause.after(error, failures: failures, entropy: entropy)
            guard !Task.isCancelled else { return pause }
            lastError = "\(error)"
            let advice = CredentialPause.advice(on: error, endpoint: client.endpoint)
            logger.error(
                "Retrieve credentials produced error: \(error)\(advice) Next attempt in \(pause.spelledOut)."
            )
            return pause
        }
    }

    /// Asks with the key in use, and, when it is not the server's, with the one that may have replaced it.
    private func requestToken() async throws(AWSClientError) -> Output {
        let answer: Output
        let asked = clock.now()
        do {
            answer = try await askForToken()
        } catch {
            guard error.code == "InvalidSignatureException", keys.swap() else { throw error }
            do {
                answer = try await askForToken()
            } catch {
                _ = keys.swap()
                throw error
            }
        }
        do { try keys.settle(asked: asked) } catch { logger.error("\(error)") }
        return answer
    }

    private func askForToken() async throws(AWSClientError) -> Output {
        try await client.call(
            .ssm,
            "RequestManagedInstanceRoleToken",
            Input(fingerprint: fingerprint)
        )
    }

    /// Changes the key pair, as the server asked (session-protocol 1.5).
    ///
    /// Without an answer nobody knows which key counts; later fetches find it out.
    private func changeKey() async {
        struct Input: Encodable, Sendable {
            let NewPublicKey: String
            let NewPublicKeyType = "Rsa"
        }
        do {
            guard let candidate = try keys.makeCandidate() else { return }
            defer { keys.candidateWasSent() }
            try await client.call(
                .ssm,
                "UpdateManagedInstancePublicKey",
                Input(NewPublicKey: candidate.publicKeyText)
            )
            _ = keys.swap()
            try keys.settle(asked: clock.now())
            logger.info("The node has a new key pair, as the server asked")
        } catch {
            logger.error("The key pair could not be changed, as the server asked: \(error)")
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
