import Storage
import Vocabulary

/// Where the service keeps what; every key begins with account, region and `ssm`.
extension RecordKey {
    /// The accounts and regions that have nodes, for work that nobody asks for.
    static let nodeScopes = RecordKey(["ssm-scope"])

    static func nodeScope(_ scope: Scope) -> RecordKey {
        nodeScopes.appending(scope.account.description, scope.region.description)
    }

    static func activations(_ scope: Scope) -> RecordKey { RecordKey(scope, "ssm", "activation") }

    static func activation(_ id: String, _ scope: Scope) -> RecordKey {
        activations(scope).appending(id)
    }

    static func nodes(_ scope: Scope) -> RecordKey { RecordKey(scope, "ssm", "node") }

    static func node(_ id: NodeID, _ scope: Scope) -> RecordKey {
        nodes(scope).appending(id.description)
    }

    /// Which node registered a public key, by the SHA-256 of the key.
    static func nodeKey(_ digest: String, _ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "node-key", digest)
    }

    static func documents(_ scope: Scope) -> RecordKey { RecordKey(scope, "ssm", "document") }

    static func document(_ name: String, _ scope: Scope) -> RecordKey {
        documents(scope).appending(name)
    }

    /// How many documents there are, so that the limit holds however many are made at once.
    static func documentCount(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "document-count")
    }

    static func documentVersions(_ name: String, _ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "document-version", name)
    }

    static func documentVersion(_ number: Int, of name: String, _ scope: Scope) -> RecordKey {
        documentVersions(name, scope).appending(String(sortable: UInt64(max(0, number))))
    }

    static func session(_ id: SessionID, _ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "session", id.description)
    }

    /// Sessions that have not ended, in the order of their start.
    static func activeSessions(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "session-active")
    }

    /// Sessions that have ended, in the order of their start.
    static func endedSessions(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "session-history")
    }

    /// Sessions that a node may still run.
    static func sessions(of node: NodeID, _ scope: Scope) -> RecordKey {
        RecordKey(scope, "ssm", "session-of-node", node.description)
    }
}
