import FoundationEssentials
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

extension Scope {
    /// The ARN of a session: `arn:aws:ssm:REGION:ACCOUNT:session/ID`.
    func sessionARN(_ id: String) -> ARN { arn(service: "ssm", resource: "session/\(id)") }
}
