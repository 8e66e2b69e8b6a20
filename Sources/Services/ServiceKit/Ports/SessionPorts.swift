package import FoundationEssentials
package import Vocabulary

/// The public key by which a registered node signs.
///
/// Implemented by SSMService, asked by the frontend.
package protocol NodeKeyPort: Sendable {
    /// The DER SubjectPublicKeyInfo of the node's RSA key, or nil for a node we do not know.
    func publicKey(of node: NodeID, in scope: Scope) async throws -> [UInt8]?
}

/// What a node is told to start a session: the content of `interactive_shell`.
///
/// Field by field the AgentTaskPayload of the protocol (session-protocol, section 3.4); `content` is that
/// object as JSON text, made by SSMService, carried by the gateway unchanged.
package struct SessionStart: Sendable {
    package let session: SessionID
    package let node: NodeID
    package let content: String

    package init(session: SessionID, node: NodeID, content: String) {
        self.session = session
        self.node = node
        self.content = content
    }
}

/// The nodes that are connected now.
///
/// Implemented by the Gateway, asked by SSMService.
package protocol NodeChannelPort: Sendable {
    func isConnected(_ node: NodeID, in scope: Scope) async -> Bool

    /// Pushes a session to its node. False when the node is not connected.
    func start(_ start: SessionStart, in scope: Scope) async -> Bool

    /// Ends a session on both sides: the client is shown `output`, or nothing if it is empty.
    func close(_ session: SessionID, of node: NodeID, output: String, in scope: Scope) async

    /// Closes a node's control channel, for a node that is no longer registered.
    ///
    /// It does not wait for the node. Its sessions have been closed one by one before.
    func disconnect(_ node: NodeID, in scope: Scope) async
}

/// What the gateway must know of a session to relay it.
package struct RelayedSession: Sendable {
    package let session: SessionID
    package let node: NodeID
    package let startedAt: Date
    /// Ends the session after so many seconds without user activity; nil for never.
    package let idleTimeout: TimeInterval?
    /// Ends the session so many seconds after its start; nil for never.
    package let maximumDuration: TimeInterval?

    package init(
        session: SessionID,
        node: NodeID,
        startedAt: Date,
        idleTimeout: TimeInterval?,
        maximumDuration: TimeInterval?
    ) {
        self.session = session
        self.node = node
        self.startedAt = startedAt
        self.idleTimeout = idleTimeout
        self.maximumDuration = maximumDuration
    }
}

/// How a session ended, as the node or the gateway reports it.
package struct SessionEnd: Equatable, Sendable {
    package enum Status: String, Sendable { case terminated = "Terminated", failed = "Failed" }

    package let status: Status
    /// What the person is told; empty when it ended normally.
    package let output: String
    /// Where the node put the log, if it did.
    package let logGroup: String?
    package let logStream: String?

    package init(
        status: Status,
        output: String = "",
        logGroup: String? = nil,
        logStream: String? = nil
    ) {
        self.status = status
        self.output = output
        self.logGroup = logGroup
        self.logStream = logStream
    }
}

/// What a token of a channel was made for.
package enum ChannelToken: Equatable, Sendable {
    /// A node's control channel.
    case control(NodeID)
    /// The node's end of a session.
    case node(SessionID, NodeID)
    /// The person's end of a session.
    case client(SessionID)
}

/// Sessions as they are kept.
///
/// Implemented by SSMService, asked by the Gateway. Tokens are sealed, bound to their purpose and
/// scope, and good for a minute; that each is used once is the gateway's to hold.
package protocol SessionDirectoryPort: Sendable {
    /// Issues a token for a node that asked with CreateControlChannel or CreateDataChannel.
    ///
    /// Throws `AccessDeniedException` unless the caller is that node, or that session's node, and its role
    /// allows `ssmmessages:CreateControlChannel` or `ssmmessages:CreateDataChannel`. The text holds
    /// `Session is already terminated` when it is, which stops the agent's retries.
    func createControlChannel(node: NodeID, in context: OperationContext) async throws -> String
    func createDataChannel(session: SessionID, in context: OperationContext) async throws -> String

    /// The purpose of a token, or nil when it is not one of ours for this scope or is too old.
    func open(token: String, in scope: Scope) async -> ChannelToken?

    /// A session that has not ended; nil otherwise.
    func relayedSession(_ session: SessionID, in scope: Scope) async throws -> RelayedSession?

    /// The node's sessions that have not ended: what a gateway must take up again after a restart.
    func liveSessions(of node: NodeID, in scope: Scope) async throws -> [RelayedSession]

    /// The node opened or lost its control channel.
    func nodeConnected(_ node: NodeID, agentVersion: String, in scope: Scope) async throws
    func nodeDisconnected(_ node: NodeID, in scope: Scope) async throws

    /// Both ends are attached; the person's end is gone; only the node's report is missing; the session is over.
    ///
    /// An end with a reason that is given to `ending` stands, whatever the node reports later or leaves unsaid.
    func connected(_ session: SessionID, in scope: Scope) async throws
    func disconnected(_ session: SessionID, in scope: Scope) async throws
    func ending(_ session: SessionID, _ end: SessionEnd, in scope: Scope) async throws
    func ended(_ session: SessionID, _ end: SessionEnd, in scope: Scope) async throws
}

extension SessionDirectoryPort {
    package func liveSessions(of node: NodeID, in scope: Scope) async throws -> [RelayedSession] {
        []
    }
}
