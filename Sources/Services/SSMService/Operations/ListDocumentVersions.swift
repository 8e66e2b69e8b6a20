import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct ListDocumentVersionsInput: Decodable, Sendable {
    var name: String?
    var maxResults: Int?
    var nextToken: String?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

struct ListDocumentVersionsOutput: Encodable, Sendable {
    var documentVersions: [Version]
    var nextToken: String?

    struct Version: Encodable, Sendable {
        var name: String
        var displayName: String?
        var documentVersion: String
        var versionName: String?
        var createdDate: Date
        var isDefaultVersion: Bool
        var documentFormat: String
        var status: String

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case displayName = "DisplayName"
            case documentVersion = "DocumentVersion"
            case versionName = "VersionName"
            case createdDate = "CreatedDate"
            case isDefaultVersion = "IsDefaultVersion"
            case documentFormat = "DocumentFormat"
            case status = "Status"
        }
    }

    enum CodingKeys: String, CodingKey {
        case documentVersions = "DocumentVersions"
        case nextToken = "NextToken"
    }
}

extension SSMService {
    /// Lists the versions of a document, the newest first.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListDocumentVersions.html
    func listDocumentVersions(
        _ input: ListDocumentVersionsInput,
        _ context: OperationContext
    ) async throws -> ListDocumentVersionsOutput {
        var violations = ConstraintViolations()
        violations.required(input.name, "name")
        violations.range(input.maxResults, "maxResults", 1...50)
        violations.pattern(
            input.name,
            "name",
            DocumentName.referencePattern,
            matches: DocumentName.isReference
        )
        try violations.check()
        let name = context.scope.documentName(of: input.name ?? "")
        guard
            let document = try await authorizeOnDocument("ssm:ListDocumentVersions", name, context)
        else { throw SSMFault.noSuchDocument(name) }
        if let builtIn = BuiltInDocuments.version(of: name) {
            return ListDocumentVersionsOutput(
                documentVersions: [ListDocumentVersionsOutput.Version(document, builtIn)]
            )
        }
        let (items, next) = try await page(
            of: DocumentVersionRecord.self,
            below: .documentVersions(name, context.scope),
            token: input.nextToken,
            limit: input.maxResults ?? 50,
            parameters: [name],
            backwards: true,
            in: context
        ) { stored in ListDocumentVersionsOutput.Version(document, stored.value) }
        return ListDocumentVersionsOutput(documentVersions: items, nextToken: next)
    }
}

extension ListDocumentVersionsOutput.Version {
    fileprivate init(_ document: DocumentRecord, _ version: DocumentVersionRecord) {
        self.init(
            name: document.name,
            displayName: document.displayName,
            documentVersion: String(version.number),
            versionName: version.versionName,
            createdDate: version.created,
            isDefaultVersion: version.number == document.defaultVersion,
            documentFormat: "JSON",
            status: "Active"
        )
    }
}
