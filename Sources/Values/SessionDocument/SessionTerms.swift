package import SessionWire

/// What a session of a document is, with its parameters put in.
///
/// The server decides by it whether the session may start, and the node does what it says.
package struct SessionTerms: Equatable, Sendable {
    package let type: SessionType
    package let preferences: SessionPreferences
    /// What to run on Linux; nil for a shell, and where the document has nothing for Linux.
    package let command: String?
    /// Whether the command asked to be run as the agent's own user, whatever run-as says.
    package let runsElevated: Bool

    /// Puts `values` into the document and reads what comes out.
    ///
    /// `inputs` are those of the document itself, or those of the account where it has none.
    package init(
        of document: SessionDocument,
        inputs: [String: JSONValue],
        values: [String: JSONValue]
    ) throws(DocumentProblem) {
        let reading = document.isOnNode ? DocumentReading.onNode : .starting
        var substitution = ParameterReferences.Substitution(values)
        type = document.sessionType
        preferences = try SessionPreferences(
            inputs: substitution.applied(to: inputs),
            reading: reading
        )
        let properties = try SessionProperties(
            document.properties.map { members throws(DocumentProblem) in
                try substitution.applied(to: members)
            },
            of: type,
            reading
        )
        command = properties.command
        runsElevated = properties.runsElevated
    }
}
