import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct UpdateDocumentInput: Decodable, Sendable {
    var attachments: [CreateDocumentInput.Ignored]?
    var content: String?
    var displayName: String?
    var documentFormat: String?
    var documentVersion: String?
    var name: String?
    var targetType: String?
    var versionName: String?

    enum CodingKeys: String, CodingKey {
        case attachments = "Attachments"
        case content = "Content"
        case displayName = "DisplayName"
        case documentFormat = "DocumentFormat"
        case documentVersion = "DocumentVersion"
        case name = "Name"
        case targetType = "TargetType"
        case versionName = "VersionName"
    }
}

struct UpdateDocumentOutput: Encodable, Sendable {
    var documentDescription: DocumentDescription

    enum CodingKeys: String, CodingKey {
        case documentDescription = "DocumentDescription"
    }
}

extension SSMService {
    /// Adds a version to a document.
    ///
    /// `DocumentVersion` must be the latest one, as `$LATEST` or by number: an older version cannot be updated.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateDocument.html
    func updateDocument(
        _ input: UpdateDocumentInput,
        _ context: OperationContext
    ) async throws -> UpdateDocumentOutput {
        try check(input)
        let name = input.name ?? ""
        _ = try await authorizeOnDocument("ssm:UpdateDocument", name, context)
        let content = input.content ?? ""
        let (record, version) = try await retryingConflicts {
            let stored = try await requireStoredDocument(name, in: context.scope)
            guard let selector = VersionSelector(version: input.documentVersion, name: nil),
                selector == .latest || selector == .number(stored.value.latestVersion)
            else { throw SSMFault.noSuchVersion() }
            _ = try checkContent(content)
            let next = try await nextVersion(of: stored.value, input, content, context)
            var record = stored.value
            record.latestVersion = next.number
            record.greatestVersion = next.number
            record.displayName = input.displayName ?? record.displayName
            record.targetType = input.targetType ?? record.targetType
            if name == DocumentName.preferences { record.currentPreferences = next.number }
            let versionKey = RecordKey.documentVersion(next.number, of: name, context.scope)
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision), .absent(versionKey)],
                    changes: [store.put(stored.key, record), store.put(versionKey, next)]
                ),
                auditing: context
            )
            return (record, next)
        }
        return UpdateDocumentOutput(
            documentDescription: DocumentDescription(record, version, status: "Updating")
        )
    }

    private func nextVersion(
        of document: DocumentRecord,
        _ input: UpdateDocumentInput,
        _ content: String,
        _ context: OperationContext
    ) async throws -> DocumentVersionRecord {
        let versions = try await versions(of: document, in: context.scope)
        let hash = DocumentVersionRecord.hash(of: content)
        guard !versions.contains(where: { $0.hash == hash }) else {
            throw ServiceFault(
                "DuplicateDocumentContent",
                "The content of the document matches another version of it. Change the content of "
                    + "the document and try again."
            )
        }
        if let name = input.versionName, versions.contains(where: { $0.versionName == name }) {
            throw ServiceFault(
                "DuplicateDocumentVersionName",
                "The version name has already been used in this document. Specify a different "
                    + "version name, and then try again."
            )
        }
        guard versions.count < Limits.documentVersions else {
            throw ServiceFault(
                "DocumentVersionLimitExceeded",
                "The document has too many versions. Delete one or more document versions and try "
                    + "again."
            )
        }
        return DocumentVersionRecord(
            number: document.greatestVersion + 1,
            versionName: input.versionName,
            content: content,
            hash: hash,
            created: clock.now()
        )
    }

    private func check(_ input: UpdateDocumentInput) throws {
        var violations = ConstraintViolations()
        violations.required(input.name, "name")
        violations.pattern(
            input.name,
            "name",
            DocumentName.pattern,
            matches: DocumentName.isName
        )
        violations.required(input.content, "content")
        violations.length(input.content, "content", 1...Int.max)
        violations.length(input.displayName, "displayName", 0...1024)
        violations.length(input.targetType, "targetType", 0...200)
        violations.pattern(
            input.versionName,
            "versionName",
            DocumentName.versionNamePattern,
            matches: DocumentName.isVersionName
        )
        try violations.check()
        try checkFormat(input.documentFormat)
        guard input.attachments?.isEmpty ?? true else {
            throw SSMFault.validation("Attachments are not supported.")
        }
    }
}
