import FoundationEssentials
import SessionDocument
import SessionWire
import Vocabulary

/// A document as Create-, Update- and DescribeDocument answer it.
struct DocumentDescription: Encodable, Sendable {
    var name: String
    var displayName: String?
    var versionName: String?
    var owner: String
    var createdDate: Date
    var status: String
    var documentVersion: String
    var description: String?
    var parameters: [Parameter]
    var platformTypes: [String]
    var documentType: String
    var schemaVersion: String
    var latestVersion: String
    var defaultVersion: String
    var documentFormat: String
    var targetType: String?
    var hash: String
    var hashType: String
    var tags: [Tag]

    struct Parameter: Encodable, Sendable {
        var name: String
        var type: String
        var description: String?
        var defaultValue: String?

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case type = "Type"
            case description = "Description"
            case defaultValue = "DefaultValue"
        }
    }

    /// Session documents run wherever there is an agent.
    static let platforms = ["Windows", "Linux", "MacOS"]

    init(_ document: DocumentRecord, _ version: DocumentVersionRecord, status: String = "Active") {
        // What is stored was checked when it was written.
        let content = try? SessionDocument(parsing: version.content)
        name = document.name
        displayName = document.displayName
        versionName = version.versionName
        owner = document.owner
        createdDate = version.created
        self.status = status
        documentVersion = String(version.number)
        description = content?.description
        parameters = content?.parameters.map(Parameter.init) ?? []
        platformTypes = Self.platforms
        documentType = "Session"
        schemaVersion = SessionDocument.schemaVersion
        latestVersion = String(document.latestVersion)
        defaultVersion = String(document.defaultVersion)
        documentFormat = "JSON"
        targetType = document.targetType
        hash = version.hash
        hashType = "Sha256"
        tags = document.tags
    }

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case displayName = "DisplayName"
        case versionName = "VersionName"
        case owner = "Owner"
        case createdDate = "CreatedDate"
        case status = "Status"
        case documentVersion = "DocumentVersion"
        case description = "Description"
        case parameters = "Parameters"
        case platformTypes = "PlatformTypes"
        case documentType = "DocumentType"
        case schemaVersion = "SchemaVersion"
        case latestVersion = "LatestVersion"
        case defaultVersion = "DefaultVersion"
        case documentFormat = "DocumentFormat"
        case targetType = "TargetType"
        case hash = "Hash"
        case hashType = "HashType"
        case tags = "Tags"
    }
}

extension DocumentDescription.Parameter {
    init(_ parameter: DocumentParameter) {
        name = parameter.name
        type = parameter.kind.rawValue
        description = parameter.description
        defaultValue = parameter.defaultValue.flatMap { value in
            guard case .string(let text) = value else { return value.text() }
            return text
        }
    }
}
