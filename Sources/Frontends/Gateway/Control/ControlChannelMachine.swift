package import ServiceKit
package import SessionWire
package import Vocabulary

/// Decides what a node's control channel is answered.
///
/// Of all that a node may say there, only the end of a session asks for something; telemetry and the replies of
/// commands are taken in silence (session-protocol 3.3).
package struct ControlChannelMachine: Sendable {
    package enum Action: Equatable, Sendable {
        case send(MessageType, [UInt8])
        /// The node reports that a session is over. It may say so twice, and of a session that is not its own.
        case sessionEnded(SessionID, SessionEnd)
    }

    package init() {}

    package func received(_ message: AgentMessage) -> [Action] {
        guard message.type == .agentTaskComplete,
            let complete = AgentTaskComplete(json: message.payload)
        else { return [] }
        // Acknowledged whatever it says, so that the node stops sending it.
        let acknowledge = AgentTaskAcknowledge(
            messageID: message.id,
            taskID: complete.taskID,
            topic: complete.topic
        )
        var actions = [Action.send(.agentTaskAcknowledge, acknowledge.json())]
        if let session = try? SessionID(parsing: complete.taskID) {
            actions.append(.sessionEnded(session, SessionEnd(complete)))
        }
        return actions
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
