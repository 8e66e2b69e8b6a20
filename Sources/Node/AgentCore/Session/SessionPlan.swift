package import SessionDocument
package import SessionWire
package import Vocabulary

/// All that is known of a session before it starts, checked: what its `interactive_shell` said.
package struct SessionPlan: Equatable, Sendable {
    package let session: SessionID
    /// ARN of the person, as streamed logs name them.
    package let owner: String
    /// The user that the person's own tag names; beats the default when not blank.
    package let requestedUser: String
    private let terms: SessionTerms

    package var type: SessionType { terms.type }
    package var preferences: SessionPreferences { terms.preferences }
    /// What to run; nil for a shell.
    package var command: String? { terms.command }
    /// Whether the command asked to be run as the agent's own user, whatever run-as says.
    package var runsElevated: Bool { terms.runsElevated }

    /// Reads the task; what cannot be done is refused in AWS's words where AWS has some.
    package init(session: SessionID, task: AgentTask) throws(SessionRefusal) {
        self.session = session
        owner = task.sessionOwner ?? ""
        requestedUser = task.runAsUser ?? ""
        do throws(DocumentProblem) {
            let document = try SessionDocument(task.documentContent, reading: .onNode)
            terms = try SessionTerms(
                of: document,
                inputs: document.inputs ?? [:],
                values: document.parameters.values(told: task.parameters ?? [:])
            )
        } catch {
            throw SessionRefusal(error)
        }
        try requireService()
    }

    /// Refuses what this agent does not do.
    private func requireService() throws(SessionRefusal) {
        switch type {
        case .standardStream: break
        case .interactiveCommands:
            guard let command, !command.isEmpty else {
                throw SessionRefusal("Commands cannot be empty for session type \(type.rawValue)")
            }
        case .nonInteractiveCommands, .port:
            throw SessionRefusal(
                "Session type \(type.rawValue) is not supported by sekisho-agent \(Release.version); "
                    + "it opens shells (Standard_Stream) and runs commands on a terminal "
                    + "(InteractiveCommands)."
            )
        }
    }

    /// Where the log goes, if the preferences name a group.
    package var logDestination: LogDestination? {
        preferences.logGroup.map { LogDestination(group: $0, stream: session.description) }
    }
}

extension SessionRefusal {
    /// What the person is told of a document that the agent cannot use.
    fileprivate init(_ problem: DocumentProblem) {
        switch problem {
        case .schemaVersion(let version):
            self.init(
                "Document with schema version \(version) is not supported by this version of ssm "
                    + "agent, please update to latest version"
            )
        case .content(let reason), .parameters(let reason), .tooMuchWork(let reason):
            self.init("The session document cannot be used: \(reason)")
        }
    }
}
