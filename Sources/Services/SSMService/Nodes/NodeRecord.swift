import FoundationEssentials
import Sealing
import ServiceKit
import Vocabulary

/// A registered node as it is kept.
struct NodeRecord: Codable, Sendable {
    var id: String
    var activationID: String
    var name: String?
    /// Path and name of the role that the node runs under.
    var role: String
    var registered: Date
    /// DER SubjectPublicKeyInfo.
    var publicKey: Data
    /// The UUID that the agent made once for its machine.
    var fingerprint: String
    var tags: [Tag]
    var agent = AgentReport()
    var lastPing: Date?
    /// When the control channel was last seen to close.
    var lastDisconnected: Date?

    /// What the agent says of itself and its machine.
    struct AgentReport: Codable, Sendable {
        var name: String?
        var version: String?
        var platformType: String?
        var platformName: String?
        var platformVersion: String?
        var ipAddress: String?
        var computerName: String?
    }

    var nodeID: NodeID {
        get throws { try NodeID(parsing: id) }
    }

    /// The role's name without its path, as it stands in the session's ARN.
    var roleName: String {
        role.split(separator: "/").last.map { String($0) } ?? role
    }

    /// Whether the machine is still the one that registered, found in the same time wherever they differ.
    func hasFingerprint(_ other: String) -> Bool {
        Secret(utf8: fingerprint).isEqual(to: Secret(utf8: other))
    }
}

/// Whether a node is there, as far as we know.
enum PingStatus: String, CaseIterable, Sendable {
    case online = "Online"
    case connectionLost = "ConnectionLost"
    case inactive = "Inactive"

    /// Online with an open control channel, or with a fresh ping that came after the last channel closed;
    /// inactive when it registered and was never heard of; lost otherwise.
    init(isConnected: Bool, lastPing: Date?, lastDisconnected: Date?, now: Date) {
        if isConnected {
            self = .online
            return
        }
        guard let lastPing else {
            self = lastDisconnected == nil ? .inactive : .connectionLost
            return
        }
        let isFresh = now.timeIntervalSince(lastPing) <= Limits.pingFreshness
        let isAfterChannel = lastDisconnected.map { lastPing > $0 } ?? true
        self = isFresh && isAfterChannel ? .online : .connectionLost
    }
}

extension Scope {
    /// The ARN of a node: `arn:aws:ssm:REGION:ACCOUNT:managed-instance/mi-…`.
    func nodeARN(_ id: String) -> ARN { arn(service: "ssm", resource: "managed-instance/\(id)") }
}
