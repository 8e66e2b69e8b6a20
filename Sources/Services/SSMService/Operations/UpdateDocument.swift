import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct UpdateDocumentInput: Decodable, Sendable {
    let document: DocumentInput
    let documentVersion: String?

    enum CodingKeys: String, CodingKey {
        case documentVersion = "DocumentVersion"
    }

    init(from decoder: any Decoder) throws {
        document = try DocumentInput(from: decoder)
        documentVersion = try decoder.container(keyedBy: CodingKeys.self)
            .decodeIfPresent(String.self, forKey: .documentVersion)
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
        let written = try input.document.checked()
        guard !input.document.hasAttachments else {
            throw SSMFault.validation("Attachments are not supported.")
        }
        let name = written.name
        _ = try await authorizeOnDocument("ssm:UpdateDocument", name, context)
        let (record, version) = try await retryingConflicts {
            let stored = try await requireStoredDocument(name, in: context.scope)
            guard let selector = VersionSelector(version: input.documentVersion, name: nil),
                selector == .latest || selector == .number(stored.value.latestVersion)
            else { throw SSMFault.noSuchVersion() }
            try written.requireSessionContent()
            let next = try await nextVersion(of: stored.value, written, context)
            var record = stored.value
            record.latestVersion = next.number
            record.greatestVersion = next.number
            record.displayName = written.displayName ?? record.displayName
            record.targetType = written.targetType ?? record.targetType
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
        _ written: WrittenDocument,
        _ context: OperationContext
    ) async throws -> DocumentVersionRecord {
        let versions = try await versions(of: document, in: context.scope)
        let next = written.version(document.greatestVersion + 1, created: clock.now())
        guard !versions.contains(where: { $0.hash == next.hash }) else {
            throw ServiceFault(
                "DuplicateDocumentContent",
                "The content of the document matches another version of it. Change the content of "
                    + "the document and try again."
            )
        }
        if let name = written.versionName, versions.contains(where: { $0.versionName == name }) {
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
        return next
    }
}
