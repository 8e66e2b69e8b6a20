import FoundationEssentials
import ServiceKit
import SessionDocument
import Storage
import Vocabulary

struct ListDocumentsInput: Decodable, Sendable {
    var filters: [Filter]?
    var documentFilterList: [LegacyFilter]?
    var maxResults: Int?
    var nextToken: String?

    struct Filter: Decodable, Sendable {
        var key: String?
        var values: [String]?

        enum CodingKeys: String, CodingKey {
            case key = "Key"
            case values = "Values"
        }
    }

    /// The older form, with other names and one value.
    struct LegacyFilter: Decodable, Sendable {
        var key: String?
        var value: String?
    }

    enum CodingKeys: String, CodingKey {
        case filters = "Filters"
        case documentFilterList = "DocumentFilterList"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

struct ListDocumentsOutput: Encodable, Sendable {
    var documentIdentifiers: [Identifier]
    var nextToken: String?

    struct Identifier: Encodable, Sendable {
        var name: String
        var createdDate: Date
        var displayName: String?
        var owner: String
        var versionName: String?
        var platformTypes: [String]
        var documentVersion: String
        var documentType: String
        var schemaVersion: String
        var documentFormat: String
        var targetType: String?
        var tags: [Tag]

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case createdDate = "CreatedDate"
            case displayName = "DisplayName"
            case owner = "Owner"
            case versionName = "VersionName"
            case platformTypes = "PlatformTypes"
            case documentVersion = "DocumentVersion"
            case documentType = "DocumentType"
            case schemaVersion = "SchemaVersion"
            case documentFormat = "DocumentFormat"
            case targetType = "TargetType"
            case tags = "Tags"
        }
    }

    enum CodingKeys: String, CodingKey {
        case documentIdentifiers = "DocumentIdentifiers"
        case nextToken = "NextToken"
    }
}

extension SSMService {
    /// Lists the documents of the account, after those that are built in.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListDocuments.html
    func listDocuments(
        _ input: ListDocumentsInput,
        _ context: OperationContext
    ) async throws -> ListDocumentsOutput {
        var violations = ConstraintViolations()
        violations.range(input.maxResults, "maxResults", 1...50)
        violations.count(input.filters, "filters", 0...6) {
            "{key=\($0.key ?? "null"), values=[\(($0.values ?? []).joined(separator: ", "))]}"
        }
        try violations.check()
        try await authorizer.authorize(
            AuthorizationRequest("ssm:ListDocuments", on: "*"),
            in: context
        )
        let filters = try DocumentFilter.all(of: input)
        let isWanted = { (document: DocumentRecord) in filters.allSatisfy { $0.matches(document) } }
        let builtIn =
            input.nextToken == nil
            ? BuiltInDocuments.names.compactMap(BuiltInDocuments.record).filter(isWanted) : []
        let limit = input.maxResults ?? 50
        let (items, next) = try await page(
            of: DocumentRecord.self,
            below: .documents(context.scope),
            token: input.nextToken,
            limit: limit - builtIn.count,
            parameters: filters.map(\.description),
            in: context
        ) { stored in isWanted(stored.value) ? stored.value : nil }
        var identifiers: [ListDocumentsOutput.Identifier] = []
        for document in builtIn + items {
            let version = try await version(.default, of: document, in: context.scope)
            identifiers.append(ListDocumentsOutput.Identifier(document, version))
        }
        return ListDocumentsOutput(documentIdentifiers: identifiers, nextToken: next)
    }
}

extension ListDocumentsOutput.Identifier {
    fileprivate init(_ document: DocumentRecord, _ version: DocumentVersionRecord) {
        self.init(
            name: document.name,
            createdDate: document.created,
            displayName: document.displayName,
            owner: document.owner,
            versionName: version.versionName,
            platformTypes: DocumentDescription.platforms,
            documentVersion: String(version.number),
            documentType: "Session",
            schemaVersion: SessionDocument.schemaVersion,
            documentFormat: "JSON",
            targetType: document.targetType,
            tags: document.tags
        )
    }
}
