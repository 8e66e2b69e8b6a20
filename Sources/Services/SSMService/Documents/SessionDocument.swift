import FoundationEssentials
import SessionWire
import Vocabulary

/// What is wrong with the content of a document.
enum DocumentProblem: Error, Equatable {
    /// A schema version other than 1.0, as it was written.
    case schemaVersion(String)
    /// Anything else, with a sentence for its author.
    case content(String)

    var fault: ServiceFault {
        switch self {
        case .schemaVersion(let version):
            ServiceFault(
                "InvalidDocumentSchemaVersion",
                "\(version) is not a valid schema version for Session document type"
            )
        case .content(let reason): SSMFault.invalidContent(reason)
        }
    }
}

/// What a session of a document is.
enum SessionType: String, CaseIterable, Sendable {
    case standardStream = "Standard_Stream"
    case interactiveCommands = "InteractiveCommands"
    case nonInteractiveCommands = "NonInteractiveCommands"
    case port = "Port"
}

/// A Session document of schema 1.0, checked whole.
///
/// Members that the schema does not have are refused, so that a misspelt preference is not a preference
/// that silently does nothing.
/// See https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
struct SessionDocument: Sendable {
    static let schemaVersion = "1.0"

    /// The whole, as it is delivered to the node.
    let content: [String: JSONValue]
    let sessionType: SessionType
    let description: String?
    /// Preferences of its own; nil where those of the account count.
    let inputs: [String: JSONValue]?
    /// In the order of their names.
    let parameters: [DocumentParameter]

    init(parsing text: String) throws(DocumentProblem) {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw .content("The content is not valid JSON.")
        }
        guard case .object(let content) = value else {
            throw .content("The content must be a JSON object, not \(value.kind).")
        }
        try self.init(content)
    }

    init(_ content: [String: JSONValue]) throws(DocumentProblem) {
        self.content = content
        let reader = DocumentReader(content, in: "the document")
        let version = try reader.string("schemaVersion") ?? ""
        guard version == Self.schemaVersion else { throw .schemaVersion(version) }
        try reader.allowOnly([
            "schemaVersion", "description", "sessionType", "inputs", "parameters", "properties",
        ])
        description = try reader.string("description")
        let typeName = try reader.string("sessionType") ?? ""
        guard let type = SessionType(rawValue: typeName) else {
            throw .content(
                "sessionType '\(typeName)' is not valid. Use "
                    + SessionType.allCases.map(\.rawValue).joined(separator: ", ") + "."
            )
        }
        sessionType = type
        parameters = try Self.parameters(of: reader)
        inputs = try reader.object("inputs")
        guard type != .standardStream || inputs != nil else {
            throw .content("A Standard_Stream document must have inputs.")
        }
        if let inputs { _ = try SessionPreferences(inputs: inputs, phase: .authoring) }
        try SessionProperties.check(reader.object("properties"), of: type)
        try Self.checkReferences(in: content, to: parameters)
    }

    private static func parameters(
        of reader: DocumentReader
    ) throws(DocumentProblem) -> [DocumentParameter] {
        let objects = try reader.object("parameters") ?? [:]
        var parameters: [DocumentParameter] = []
        for (name, value) in objects.sorted(by: { $0.key < $1.key }) {
            parameters.append(try DocumentParameter(name: name, value))
        }
        return parameters
    }

    /// Every `{{ name }}` must name a parameter, or the agent would deliver the braces to a shell.
    private static func checkReferences(
        in content: [String: JSONValue],
        to parameters: [DocumentParameter]
    ) throws(DocumentProblem) {
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
