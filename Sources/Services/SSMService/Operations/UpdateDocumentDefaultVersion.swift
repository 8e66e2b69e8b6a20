import ServiceKit
import Storage
import Vocabulary

struct UpdateDocumentDefaultVersionInput: Decodable, Sendable {
    var name: String?
    var documentVersion: String?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case documentVersion = "DocumentVersion"
    }
}

struct UpdateDocumentDefaultVersionOutput: Encodable, Sendable {
    var description: DefaultVersion

    struct DefaultVersion: Encodable, Sendable {
        var name: String
        var defaultVersion: String
        var defaultVersionName: String?

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case defaultVersion = "DefaultVersion"
            case defaultVersionName = "DefaultVersionName"
        }
    }

    enum CodingKeys: String, CodingKey {
        case description = "Description"
    }
}

extension SSMService {
    /// Chooses the version that counts when none is named.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateDocumentDefaultVersion.html
    func updateDocumentDefaultVersion(
        _ input: UpdateDocumentDefaultVersionInput,
        _ context: OperationContext
    ) async throws -> UpdateDocumentDefaultVersionOutput {
        var violations = ConstraintViolations()
        violations.required(input.name, "name")
        violations.required(input.documentVersion, "documentVersion")
        violations.pattern(
            input.name,
            "name",
            DocumentName.pattern,
            matches: DocumentName.isName
        )
        try violations.check()
        let name = input.name ?? ""
        context.audit.noted("documentVersion", input.documentVersion)
        _ = try await authorizeOnDocument("ssm:UpdateDocumentDefaultVersion", name, context)
        let chosen = try await retryingConflicts {
            let stored = try await requireStoredDocument(name, in: context.scope)
            guard
                case .number(let number)? = VersionSelector(
                    version: input.documentVersion,
                    name: nil
                )
            else { throw SSMFault.noSuchVersion() }
            let version = try await version(.number(number), of: stored.value, in: context.scope)
            var record = stored.value
            record.defaultVersion = number
            record.currentPreferences = nil
            try await store.commit(
                RecordTransaction(
                    conditions: [
                        .unchanged(stored.key, stored.revision),
                        .present(.documentVersion(number, of: name, context.scope)),
                    ],
                    changes: [store.put(stored.key, record)]
                ),
                auditing: context
            )
            return version
        }
        return UpdateDocumentDefaultVersionOutput(
            description: UpdateDocumentDefaultVersionOutput.DefaultVersion(
                name: name,
                defaultVersion: String(chosen.number),
                defaultVersionName: chosen.versionName
            )
        )
    }
}
