// SessionDocument: session documents, their preferences and their parameters, read once for all who read them:
// strictly for the server, leniently for the node. Values only; the format is docs/formats/session-preferences.md.

import FoundationEssentials
package import SessionWire

/// A Session document of schema 1.0.
///
/// At the server it is checked whole: members that the schema does not have are refused, so that a misspelt
/// preference is not a preference that silently does nothing. The node reads what it needs.
/// See https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
package struct SessionDocument: Sendable {
    package static let schemaVersion = "1.0"

    /// The whole, as it is delivered to the node.
    package let content: [String: JSONValue]
    package let sessionType: SessionType
    package let description: String?
    /// Preferences of its own; nil where those of the account count.
    package let inputs: [String: JSONValue]?
    /// In the order of their names.
    package let parameters: [DocumentParameter]
    let properties: [String: JSONValue]?
    let isOnNode: Bool

    /// Reads what somebody wrote.
    package init(parsing text: String) throws(DocumentProblem) {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw .content("The content is not valid JSON.")
        }
        try self.init(value, reading: .authoring)
    }

    package init(_ value: JSONValue, reading: DocumentReading) throws(DocumentProblem) {
        guard case .object(let content) = value else {
            throw .content("The content must be a JSON object, not \(value.kind).")
        }
        self.content = content
        isOnNode = reading == .onNode
        var reader = DocumentReader(content, in: "the document", reading)
        let version = try reader.string("schemaVersion") ?? ""
        guard version == Self.schemaVersion else { throw .schemaVersion(version) }
        description = try reader.string("description")
        let typeName = try reader.string("sessionType") ?? ""
        guard let type = SessionType(rawValue: typeName) else {
            throw .content(
                "sessionType '\(typeName)' is not valid. Use "
                    + SessionType.allCases.map(\.rawValue).joined(separator: ", ") + "."
            )
        }
        sessionType = type
        parameters = try DocumentParameter.all(of: reader.object("parameters") ?? [:], reading)
        inputs = try reader.object("inputs")
        properties = try reader.object("properties")
        try reader.refuseOthers()
        guard reading == .authoring else { return }
        guard type != .standardStream || inputs != nil else {
            throw .content("A Standard_Stream document must have inputs.")
        }
        if let inputs { _ = try SessionPreferences(inputs: inputs, reading: reading) }
        _ = try SessionProperties(properties, of: type, reading)
        try checkReferences()
    }

    /// Every `{{ name }}` must name a parameter, or the agent would deliver the braces to a shell.
    private func checkReferences() throws(DocumentProblem) {
        let names = Set(parameters.map(\.name))
        for member in ["inputs", "properties"] {
            for name in content[member].map(ParameterReferences.names) ?? []
            where !names.contains(name) {
                throw .content(
                    "\(member) refer to the parameter '\(name)', which is not defined."
                )
            }
        }
    }
}
