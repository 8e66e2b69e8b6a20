import AWSClient
import Logging
import Vocabulary

/// The server, as a machine sees it that has no identity yet.
///
/// RegisterManagedInstance is answered to anybody: the activation is the proof. It is signed all the same, with the
/// new key under an id that means nothing, since the scope of a signature is where a request names its region.
struct RegistrationServer {
    private let client: AWSClient

    init(
        endpoint: Endpoint,
        region: Region,
        key: NodeKey,
        authorityFile: String?,
        entropy: some Entropy,
        logger: Logger
    ) throws(AgentFailure) {
        do {
            client = try AWSClient(
                endpoint: endpoint,
                region: region,
                signing: .nodeKey(NodeID(entropy: entropy)) { try key.signature(of: $0) },
                trust: authorityFile.map { .file($0) } ?? .system,
                trustRemedy: "name the CA file of that server, ca.pem of its data directory, "
                    + "with --ca",
                logger: logger
            )
        } catch {
            throw AgentFailure("\(error)")
        }
    }

    /// Asks for credentials, which cannot be had yet: how they are refused tells whether they ever could.
    ///
    /// A registration counts against its activation even when the node can never sign for the region that it
    /// was told, or by the clock that it has.
    func checkRegion(_ fingerprint: Fingerprint) async throws(AgentFailure) {
        struct Input: Encodable, Sendable {
            let Fingerprint: String
        }
        do {
            try await client.call(
                .ssm,
                "RequestManagedInstanceRoleToken",
                Input(Fingerprint: fingerprint.fingerprint)
            )
        } catch .service(_, let message, _, _) {
            if message.contains("scoped to a valid region") {
                throw AgentFailure(
                    "\(client.endpoint) does not serve the region '\(client.region)': give the "
                        + "server's own with --region. The activation was not used."
                )
            }
            if message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet") {
                throw AgentFailure(
                    "The clocks of this machine and of \(client.endpoint) differ too much "
                        + "(\(message)): set them. The activation was not used."
                )
            }
        } catch {
            throw failure(error)
        }
    }

    /// Uses the activation.
    ///
    /// The same call again, after an answer that was lost, gets the same node.
    func register(
        _ fingerprint: Fingerprint,
        publicKey: String,
        activationCode: String,
        activationID: String
    ) async throws(AgentFailure) -> NodeID {
        let answer: Output
        do {
            answer = try await client.call(
                .ssm,
                "RegisterManagedInstance",
                Input(
                    activationCode: activationCode,
                    activationID: activationID,
                    fingerprint: fingerprint.fingerprint,
                    publicKey: publicKey
                )
            )
        } catch {
            throw failure(error)
        }
        guard let id = try? NodeID(parsing: answer.instanceID) else {
            throw AgentFailure("The server answered with a node id that is none.")
        }
        return id
    }

    private func failure(_ error: AWSClientError) -> AgentFailure {
        AgentFailure("The server did not register this node: \(error)")
    }

    private struct Input: Encodable, Sendable {
        let activationCode: String
        let activationID: String
        let fingerprint: String
        let publicKey: String
        let publicKeyType = "Rsa"

        enum CodingKeys: String, CodingKey {
            case activationCode = "ActivationCode"
            case activationID = "ActivationId"
            case fingerprint = "Fingerprint"
            case publicKey = "PublicKey"
            case publicKeyType = "PublicKeyType"
        }
    }

    private struct Output: Decodable, Sendable {
        let instanceID: String

        enum CodingKeys: String, CodingKey { case instanceID = "InstanceId" }
    }
}
