import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

/// A session as it is kept.
struct SessionRecord: Codable, Sendable {
    var id: String
    var node: String
    /// ARN of the person who started it.
    var owner: String
    /// `aws:userid` of that person.
    var ownerID: String
    var documentName: String
    var reason: String?
    var started: Date
    var state: SessionState
    /// When the state last changed.
    var changed: Date
    var ended: Date?
    var idleTimeoutMinutes: Int
    var maxDurationMinutes: Int?
    /// What the person was told at the end, if anything went wrong.
    var details: String?
    var logGroup: String?
    var logStream: String?
    /// How the gateway ended it, if it gave a reason, while the node's report is missing.
    var verdict: SessionVerdict?

    var sessionID: SessionID { get throws { try SessionID(parsing: id) } }

    var nodeID: NodeID { get throws { try NodeID(parsing: node) } }

    /// Its place among the sessions in the order of their start.
    func position(below index: RecordKey) -> RecordKey {
        let milliseconds = UInt64(max(0, started.timeIntervalSince1970 * 1000))
        return index.appending(String(sortable: milliseconds), id)
    }

    /// What a policy may ask about it: AWS gives every session these two tags.
    var conditionValues: [String: [String]] {
        [
            "ssm:resourceTag/aws:ssmmessages:session-id": [ownerID],
            "ssm:resourceTag/aws:ssmmessages:target-id": [node],
            "aws:ResourceTag/aws:ssmmessages:session-id": [ownerID],
            "aws:ResourceTag/aws:ssmmessages:target-id": [node],
        ]
    }
}

/// An end that stands, whatever the node reports later; it outlives a restart of the server.
struct SessionVerdict: Codable, Equatable, Sendable {
    var hasFailed: Bool
    var reason: String

    /// Nil for an end without a reason: then the node's report says how it was.
    init?(_ end: SessionEnd?) {
        guard let end, !end.output.isEmpty else { return nil }
        (hasFailed, reason) = (end.status == .failed, end.output)
    }
}

extension SessionRecord {
    /// The state after an event: an end is the one that was decided before, if any was.
    func state(after event: SessionState.Event) -> SessionState {
        let next = state.after(event)
        guard !state.isEnded, next.isEnded, let verdict else { return next }
        return verdict.hasFailed ? .failed : .terminated
    }
}

extension Scope {
    /// The ARN of a session: `arn:aws:ssm:REGION:ACCOUNT:session/ID`.
    func sessionARN(_ id: String) -> ARN { arn(service: "ssm", resource: "session/\(id)") }
}
