import FoundationEssentials
import ServiceKit
import Vocabulary

struct GetDocumentInput: Decodable, Sendable {
    var name: String?
    var versionName: String?
    var documentVersion: String?
    var documentFormat: String?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case versionName = "VersionName"
        case documentVersion = "DocumentVersion"
        case documentFormat = "DocumentFormat"
    }
}

struct GetDocumentOutput: Encodable, Sendable {
    var name: String
    var createdDate: Date
    var displayName: String?
    var versionName: String?
    var documentVersion: String
    var status: String
    var content: String
    var documentType: String
    var documentFormat: String

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case createdDate = "CreatedDate"
        case displayName = "DisplayName"
        case versionName = "VersionName"
        case documentVersion = "DocumentVersion"
        case status = "Status"
        case content = "Content"
        case documentType = "DocumentType"
        case documentFormat = "DocumentFormat"
    }
}

extension SSMService {
    /// The content of a document, as it was written.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDocument.html
    func getDocument(
        _ input: GetDocumentInput,
        _ context: OperationContext
    ) async throws -> GetDocumentOutput {
        let (document, version) = try await readDocument(
            "ssm:GetDocument",
            name: input.name,
            VersionSelector(version: input.documentVersion, name: input.versionName),
            context
        )
        try DocumentInput.checkFormat(input.documentFormat)
        return GetDocumentOutput(
            name: document.name,
            createdDate: version.created,
            displayName: document.displayName,
            versionName: version.versionName,
            documentVersion: String(version.number),
            status: "Active",
            content: version.content,
            documentType: "Session",
            documentFormat: "JSON"
        )
    }

    /// A document and one of its versions, for whoever may do `action` to it.
    func readDocument(
        _ action: String,
        name: String?,
        _ selector: VersionSelector?,
        _ context: OperationContext
    ) async throws -> (DocumentRecord, DocumentVersionRecord) {
        var violations = ConstraintViolations()
        violations.required(name, "name")
        violations.pattern(
            name,
            "name",
            DocumentName.referencePattern,
            matches: DocumentName.isReference
        )
        try violations.check()
        let name = context.scope.documentName(of: name ?? "")
        guard let document = try await authorizeOnDocument(action, name, context) else {
            throw SSMFault.noSuchDocument(name)
        }
        return (document, try await version(selector, of: document, in: context.scope))
    }
}

extension Scope {
    /// The name in what a caller calls a document: the name itself, or its ARN in this scope.
    func documentName(of reference: String) -> String {
        guard let arn = try? ARN(parsing: reference), arn.service == "ssm",
            arn.region == region.description,
            arn.account.isEmpty || arn.account == account.description,
            arn.resource.hasPrefix("document/")
        else { return reference }
        return String(arn.resource.dropFirst("document/".count))
    }
}
