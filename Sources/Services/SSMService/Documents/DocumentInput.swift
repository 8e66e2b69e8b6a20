import FoundationEssentials
import ServiceKit
import SessionDocument
import Vocabulary

/// A document as a caller writes it: the members that CreateDocument and UpdateDocument both have.
struct DocumentInput: Decodable, Sendable {
    var attachments: [Ignored]?
    var content: String?
    var displayName: String?
    var documentFormat: String?
    var name: String?
    var targetType: String?
    var versionName: String?

    /// Something that is refused by its name, whatever is in it.
    struct Ignored: Decodable, Sendable {}

    enum CodingKeys: String, CodingKey {
        case attachments = "Attachments"
        case content = "Content"
        case displayName = "DisplayName"
        case documentFormat = "DocumentFormat"
        case name = "Name"
        case targetType = "TargetType"
        case versionName = "VersionName"
    }

    var hasAttachments: Bool { attachments?.isEmpty == false }

    /// The document, if its members are what they may be.
    ///
    /// `more` checks what the operation has beside them, so that all violations are told at once. Whether the
    /// content means something is asked after the authorization, with `requireSessionContent`.
    func checked(
        _ more: (inout ConstraintViolations) -> Void = { _ in }
    ) throws -> WrittenDocument {
        var violations = ConstraintViolations()
        violations.documentName(name)
        violations.required(content, "content")
        violations.length(content, "content", 1...Int.max)
        violations.length(displayName, "displayName", 0...1024)
        violations.length(targetType, "targetType", 0...200)
        violations.pattern(
            versionName,
            "versionName",
            DocumentName.versionNamePattern,
            matches: DocumentName.isVersionName
        )
        more(&violations)
        try violations.check()
        try Self.checkFormat(documentFormat)
        return WrittenDocument(
            name: name ?? "",
            content: content ?? "",
            displayName: displayName,
            targetType: targetType,
            versionName: versionName
        )
    }

    /// Refuses formats that are AWS's and not ours.
    static func checkFormat(_ format: String?) throws {
        guard let format, format != "JSON" else { return }
        var violations = ConstraintViolations()
        violations.oneOf(format, "documentFormat", ["YAML", "JSON", "TEXT"])
        try violations.check()
        throw SSMFault.validation(
            "DocumentFormat \(format) is not supported; documents are JSON here."
        )
    }
}

/// A document that a caller wrote, its members checked.
struct WrittenDocument: Sendable {
    let name: String
    let content: String
    let displayName: String?
    let targetType: String?
    let versionName: String?

    /// Refuses content that is no Session document, its size first.
    func requireSessionContent() throws {
        guard content.utf8.count <= Limits.documentSize else {
            throw ServiceFault(
                "MaxDocumentSizeExceeded",
                "The size limit of a document is 64 KB."
            )
        }
        do {
            _ = try SessionDocument(parsing: content)
        } catch {
            throw error.fault
        }
    }

    /// The document as a version of itself.
    func version(_ number: Int, created: Date) -> DocumentVersionRecord {
        DocumentVersionRecord(
            number: number,
            versionName: versionName,
            content: content,
            hash: DocumentVersionRecord.hash(of: content),
            created: created
        )
    }
}
