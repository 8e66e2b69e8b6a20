package import SessionWire
package import Vocabulary

/// All that is known of a session before it starts, checked: what its `interactive_shell` said.
package struct SessionPlan: Equatable, Sendable {
    package let session: SessionID
    /// ARN of the person, as streamed logs name them.
    package let owner: String
    package let type: SessionType
    /// What to run; nil for a shell.
    package let command: String?
    /// Whether the command asked to be run as the agent's own user, whatever run-as says.
    package let runsElevated: Bool
    /// The user that the person's own tag names; beats the default when not blank.
    package let requestedUser: String
    package let preferences: SessionPreferences

    /// Reads the task; what cannot be done is refused in AWS's words where AWS has some.
    package init(session: SessionID, task: AgentTask) throws(SessionRefusal) {
        self.session = session
        owner = task.sessionOwner ?? ""
        requestedUser = task.runAsUser ?? ""
        let document = task.documentContent
        let version = document["schemaVersion"]?.string ?? ""
        guard version == "1.0" else {
            throw SessionRefusal(
                "Document with schema version \(version) is not supported by this version of ssm "
                    + "agent, please update to latest version"
            )
        }
        let name = document["sessionType"]?.string ?? ""
        guard let type = SessionType(rawValue: name) else {
            throw SessionRefusal("Session type \(name) is not known to the agent.")
        }
        self.type = type
        let substitution = ParameterSubstitution(
            given: task.parameters ?? [:],
            definitions: document["parameters"]
        )
        preferences = try SessionPreferences(
            inputs: document["inputs"].map(substitution.applied)
        )
        switch type {
        case .standardStream:
            command = nil
            runsElevated = false
        case .interactiveCommands:
            let properties = document["properties"].map(substitution.applied)
            let own = properties?["linux"] ?? properties
            guard let text = own?["commands"]?.string, !text.isEmpty else {
                throw SessionRefusal("Commands cannot be empty for session type \(name)")
            }
            command = text
            runsElevated = own?["runAsElevated"]?.bool ?? false
        case .nonInteractiveCommands, .port:
            throw SessionRefusal(
                "Session type \(name) is not supported by sekisho-agent \(Release.version); it "
                    + "opens shells (Standard_Stream) and runs commands on a terminal "
                    + "(InteractiveCommands)."
            )
        }
    }

    /// Where the log goes, if the preferences name a group.
    package var logDestination: LogDestination? {
        preferences.logGroup.map { LogDestination(group: $0, stream: session.description) }
    }
}
