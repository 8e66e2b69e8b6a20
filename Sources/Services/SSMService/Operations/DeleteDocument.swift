import ServiceKit
import Storage
import Vocabulary

struct DeleteDocumentInput: Decodable, Sendable {
    var name: String?
    var documentVersion: String?
    var versionName: String?
    var force: Bool?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case documentVersion = "DocumentVersion"
        case versionName = "VersionName"
        case force = "Force"
    }
}

extension SSMService {
    /// Deletes a document, or one version of it that is not the default.
    ///
    /// Sessions that run keep what they were started with.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteDocument.html
    func deleteDocument(
        _ input: DeleteDocumentInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.documentName(input.name)
        try violations.check()
        let name = input.name ?? ""
        context.audit.noted("documentVersion", input.documentVersion)
        _ = try await authorizeOnDocument("ssm:DeleteDocument", name, context)
        try await retryingConflicts {
            let stored = try await requireStoredDocument(name, in: context.scope)
            if input.documentVersion != nil || input.versionName != nil {
                let selector = VersionSelector(
                    version: input.documentVersion,
                    name: input.versionName
                )
                let version = try await version(selector, of: stored.value, in: context.scope)
                try await delete(version, of: stored, context)
            } else {
                try await deleteWhole(stored, context)
            }
        }
        return EmptyOutput()
    }

    private func deleteWhole(
        _ stored: Stored<DocumentRecord>,
        _ context: OperationContext
    ) async throws {
        let versions = try await versions(of: stored.value, in: context.scope)
        let count = try await documentCount(changedBy: -1, in: context.scope)
        try await store.commit(
            RecordTransaction(
                conditions: [.unchanged(stored.key, stored.revision), count.condition],
                changes: [.delete(stored.key), count.change]
                    + versions.map {
                        .delete(
                            .documentVersion($0.number, of: stored.value.name, context.scope)
                        )
                    }
            ),
            auditing: context
        )
    }

    private func delete(
        _ version: DocumentVersionRecord,
        of stored: Stored<DocumentRecord>,
        _ context: OperationContext
    ) async throws {
        guard version.number != stored.value.defaultVersion else {
            throw SSMFault.invalidOperation(
                "Default version of the document can't be deleted."
            )
        }
        guard version.number != stored.value.currentPreferences else {
            throw SSMFault.invalidOperation(
                "Version \(version.number) holds the session preferences in force. Make another "
                    + "version the default first."
            )
        }
        var record = stored.value
        let versions = try await versions(of: stored.value, in: context.scope)
        record.latestVersion =
            versions.map(\.number).filter { $0 != version.number }.max() ?? record.defaultVersion
        try await store.commit(
            RecordTransaction(
                conditions: [.unchanged(stored.key, stored.revision)],
                changes: [
                    store.put(stored.key, record),
                    .delete(
                        .documentVersion(version.number, of: record.name, context.scope)
                    ),
                ]
            ),
            auditing: context
        )
    }
}
