import AWSClient
import FoundationEssentials
package import Logging
package import Vocabulary
import WebSocketTransport

/// Makes this machine a node: a key, a fingerprint, one call with the activation, and the state on disk.
package struct Register: Sendable {
    package var endpoint: String
    /// A PEM file with the server's authority; nil for the machine's roots.
    package var authorityFile: String?
    package var activationCode: String
    package var activationID: String
    package var region: Region
    package var directory: StateDirectory
    /// Whether a machine that is registered already becomes a new node.
    package var replaces: Bool
    /// Makes the key; a parameter for tests, since it takes a while.
    var newKey: @Sendable () throws -> NodeKey = { try NodeKey() }

    package init(
        endpoint: String,
        authorityFile: String?,
        activationCode: String,
        activationID: String,
        region: Region,
        directory: StateDirectory,
        replaces: Bool = false
    ) {
        self.endpoint = endpoint
        self.authorityFile = authorityFile
        self.activationCode = activationCode
        self.activationID = activationID
        self.region = region
        self.directory = directory
        self.replaces = replaces
    }

    /// Registers and returns who this node is now.
    ///
    /// The registration in force stays untouched until the server has answered, so that a refusal costs
    /// nothing. A node that was replaced stays known to the server until it is deregistered there.
    package func run(
        entropy: some Entropy = SystemEntropy(),
        logger: Logger
    ) async throws(AgentFailure) -> NodeIdentity {
        let address = try serverAddress()
        let authority = try authorityBytes()
        try directory.create()
        let lock = try takeDirectory()
        defer { StateDirectory.unlock(lock) }
        let key = try makeKey()
        let fingerprint = try Fingerprint.current(in: directory, entropy: entropy)
        let pending = PendingRegistration(directory: directory)
        let id: NodeID
        do {
            try pending.stage(key, authority: authority)
            let server = try RegistrationServer(
                endpoint: address,
                region: region,
                key: key,
                authorityFile: authorityFile,
                entropy: entropy,
                logger: logger
            )
            try await server.checkRegion(fingerprint)
            id = try await server.register(
                fingerprint,
                publicKey: key.publicKeyText,
                activationCode: activationCode,
                activationID: activationID
            )
        } catch {
            pending.discard()
            throw error
        }
        let identity = NodeIdentity(id: id, region: region)
        let state = NodeState(
            identity: identity,
            endpoint: endpoint,
            hasOwnAuthority: authority != nil
        )
        try keep(state, pending)
        return identity
    }

    private func keep(
        _ state: NodeState,
        _ pending: PendingRegistration
    ) throws(AgentFailure) {
        let id = state.instanceID
        do {
            try pending.commit(state)
        } catch {
            throw AgentFailure(
                "The server registered this machine as \(id), but that could not be kept. \(error) "
                    + "Remove \(id) there and register again."
            )
        }
        do {
            try PendingRegistration.complete(in: directory)
        } catch {
            throw AgentFailure(
                "The server registered this machine as \(id), and that is kept, but not in force yet. "
                    + "\(error) Mend that; it takes effect when the agent starts. Do not register again."
            )
        }
    }

    /// The activation code goes over the wire, so that it needs TLS, or no wire.
    private func serverAddress() throws(AgentFailure) -> Endpoint {
        let address: Endpoint
        do { address = try Endpoint(parsing: endpoint) } catch { throw AgentFailure("\(error)") }
        let isLocal = (try? WebSocketURL(parsing: "ws://\(address.authority)")) != nil
        guard address.isSecure || isLocal else {
            throw AgentFailure(
                "\(address) is another machine, to which http:// would carry the activation code in "
                    + "the clear: use https://."
            )
        }
        return address
    }

    /// Keeps a copy, so that moving the file given does not cut the node off.
    private func authorityBytes() throws(AgentFailure) -> [UInt8]? {
        guard let authorityFile else { return nil }
        guard let data = FileManager.default.contents(atPath: authorityFile) else {
            throw AgentFailure("Cannot read the certificates in \(authorityFile); check --ca.")
        }
        return Array(data)
    }

    private func takeDirectory() throws(AgentFailure) -> Int32 {
        let lock = try directory.lock()
        guard !replaces else {
            do {
                try PendingRegistration.completeReadable(in: directory)
                return lock
            } catch {
                StateDirectory.unlock(lock)
                throw error
            }
        }
        guard directory.holdsRegistration else { return lock }
        StateDirectory.unlock(lock)
        let node =
            (try? directory.nodeState()).map { " as \($0.instanceID) at \($0.endpoint)" } ?? ""
        throw AgentFailure(
            "This machine is registered already\(node) (in \(directory.path)): give --replace to make "
                + "it a new node, or --state DIR for a second one. The activation was not used."
        )
    }

    private func makeKey() throws(AgentFailure) -> NodeKey {
        do { return try newKey() } catch { throw AgentFailure("Cannot make a key: \(error)") }
    }
}
