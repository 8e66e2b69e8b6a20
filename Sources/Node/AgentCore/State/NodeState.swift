import FoundationEssentials
package import Vocabulary

/// What the agent keeps of its registration, beside the key: `registration.json`.
package struct NodeState: Codable, Equatable, Sendable {
    /// 1.
    package var version = 1
    package var instanceID: String
    package var region: String
    /// The server's URL, as registered with.
    package var endpoint: String
    /// Whether the server's certificate must lead to `ca.pem` here, rather than to the machine's roots.
    package var hasOwnAuthority: Bool

    enum CodingKeys: String, CodingKey {
        case version
        case instanceID = "instanceId"
        case region
        case endpoint
        case hasOwnAuthority
    }

    static let file = "registration.json"
    static let authorityFile = "ca.pem"

    package init(identity: NodeIdentity, endpoint: String, hasOwnAuthority: Bool) {
        instanceID = identity.id.description
        region = identity.region.description
        self.endpoint = endpoint
        self.hasOwnAuthority = hasOwnAuthority
    }

    package func identity() throws(AgentFailure) -> NodeIdentity {
        do {
            return NodeIdentity(
                id: try NodeID(parsing: instanceID),
                region: try Region(parsing: region)
            )
        } catch {
            throw AgentFailure(
                "The registration is damaged (\(error)): \(AgentFailure.registerAnew)."
            )
        }
    }

    package func trust(in directory: StateDirectory) -> TrustRoots {
        hasOwnAuthority ? .file("\(directory.path)/\(Self.authorityFile)") : .system
    }

    /// What to do when the server shows a certificate of another authority.
    func trustRemedy(in directory: StateDirectory) -> String {
        hasOwnAuthority
            ? "if the server has a new CA, put its ca.pem in the place of "
                + "\(directory.path)/\(Self.authorityFile) and start the agent again"
            : "add its CA to this machine's, or register with --ca FILE"
    }
}

extension StateDirectory {
    /// The registration; nil when this machine is not registered.
    package func nodeState() throws(AgentFailure) -> NodeState? {
        try nodeState(in: NodeState.file)
    }

    func nodeState(in file: String) throws(AgentFailure) -> NodeState? {
        guard let bytes = try read(file) else { return nil }
        guard let state = try? JSONDecoder().decode(NodeState.self, from: Data(bytes)),
            state.version == 1
        else {
            throw AgentFailure(
                "\(path)/\(file) cannot be read by this version: \(AgentFailure.registerAnew)."
            )
        }
        return state
    }

    /// Whether there is a registration, be it whole or not.
    package var holdsRegistration: Bool {
        holds(NodeState.file) || PendingRegistration.isCommitted(in: self)
    }

    /// Takes the directory for this process, and finishes a registration that a crash interrupted.
    package func take() throws(AgentFailure) {
        try lock()
        try PendingRegistration.complete(in: self)
    }

    func encoded(_ value: some Encodable) throws(AgentFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw AgentFailure("The state cannot be written as JSON.")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
