import AWSClient
import FoundationEssentials
package import Logging
package import Vocabulary

/// Makes this machine a node: a key, a fingerprint, one call with the activation, and the state on disk.
package struct Register: Sendable {
    package var endpoint: String
    /// A PEM file with the server's authority; nil for the machine's roots.
    package var authorityFile: String?
    package var activationCode: String
    package var activationID: String
    package var region: Region
    package var directory: StateDirectory

    package init(
        endpoint: String,
        authorityFile: String?,
        activationCode: String,
        activationID: String,
        region: Region,
        directory: StateDirectory
    ) {
        self.endpoint = endpoint
        self.authorityFile = authorityFile
        self.activationCode = activationCode
        self.activationID = activationID
        self.region = region
        self.directory = directory
    }

    /// Registers and returns who this node is now.
    ///
    /// The key is on disk before the call: a registration whose key was lost would be of no use. A machine
    /// that is registered already becomes a new node; the old one stays known to the server until it is
    /// deregistered there.
    package func run(
        entropy: some Entropy = SystemEntropy(),
        logger: Logger
    ) async throws(AgentFailure) -> NodeIdentity {
        try directory.create()
        try directory.lock()
        try storeAuthority()
        let key = try makeKey()
        let fingerprint = try Fingerprint.current(in: directory, entropy: entropy)
        let answer: Output
        do {
            let client = try AWSClient(
                endpoint: try Endpoint(parsing: endpoint),
                region: region,
                signing: .anonymous,
                trust: trust,
                trustRemedy: "name the CA file of that server with --ca",
                logger: logger
            )
            answer = try await client.call(
                .ssm,
                "RegisterManagedInstance",
                Input(
                    activationCode: activationCode,
                    activationID: activationID,
                    fingerprint: fingerprint.fingerprint,
                    publicKey: key.publicKeyText
                )
            )
        } catch {
            throw AgentFailure("The server did not register this node: \(error)")
        }
        guard let id = try? NodeID(parsing: answer.instanceID) else {
            throw AgentFailure("The server answered with a node id that is none.")
        }
        let identity = NodeIdentity(id: id, region: region)
        try directory.store(
            NodeState(
                identity: identity,
                endpoint: endpoint,
                hasOwnAuthority: authorityFile != nil
            )
        )
        return identity
    }

    private var trust: TrustRoots {
        authorityFile == nil ? .system : .file("\(directory.path)/\(NodeState.authorityFile)")
    }

    /// Keeps a copy, so that moving the file given does not cut the node off.
    private func storeAuthority() throws(AgentFailure) {
        guard let authorityFile else { return }
        guard let data = FileManager.default.contents(atPath: authorityFile) else {
            throw AgentFailure("Cannot read the certificates in \(authorityFile); check --ca.")
        }
        try directory.write(NodeState.authorityFile, Array(data))
    }

    private func makeKey() throws(AgentFailure) -> NodeKey {
        do {
            let key = try NodeKey()
            try key.store(in: directory)
            return key
        } catch let failure as AgentFailure {
            throw failure
        } catch {
            throw AgentFailure("Cannot make a key: \(error)")
        }
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
