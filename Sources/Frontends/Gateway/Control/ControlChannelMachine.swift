package import ServiceKit
package import SessionWire
package import Vocabulary

/// Decides what a node's control channel is answered.
///
/// Of all that a node may say there, only the end of a session asks for something; telemetry and the replies of
/// commands are taken in silence (session-protocol 3.3).
package struct ControlChannelMachine: Sendable {
    /// What a node reports as done.
    package struct Report: Sendable {
        /// The session that is over and how; nil for a task that is none.
        ///
        /// The node may say so twice, and of a session that is not its own.
        package let end: (session: SessionID, end: SessionEnd)?
        /// The payload of the acknowledgement, after which the node forgets what it reported.
        package let acknowledgement: [UInt8]
    }

    package init() {}

    /// What the message reports; nil for one that asks for nothing.
    package func received(_ message: AgentMessage) -> Report? {
        guard message.type == .agentTaskComplete,
            let complete = AgentTaskComplete(json: message.payload)
        else { return nil }
        let acknowledge = AgentTaskAcknowledge(
            messageID: message.id,
            taskID: complete.taskID,
            topic: complete.topic
        )
        let session = try? SessionID(parsing: complete.taskID)
        return Report(
            end: session.map { ($0, SessionEnd(complete)) },
            acknowledgement: acknowledge.json()
        )
    }
}

extension SessionEnd {
    /// The end as a node tells it.
    ///
    /// `Success` is what stock agents report of a terminated shell too.
    package init(_ complete: AgentTaskComplete) {
        let isGood = ["Success", "Cancelled"].contains(complete.finalTaskStatus)
        self.init(
            status: isGood ? .terminated : .failed,
            output: String(complete.output.prefix(Limits.peerTextLength)),
            logGroup: complete.cloudWatchGroup.isEmpty ? nil : complete.cloudWatchGroup,
            logStream: complete.cloudWatchStream.isEmpty ? nil : complete.cloudWatchStream
        )
    }
}
