import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct CreateDocumentInput: Decodable, Sendable {
    let document: DocumentInput
    let documentType: String?
    let requires: [DocumentInput.Ignored]?
    let tags: [Tag]?

    enum CodingKeys: String, CodingKey {
        case documentType = "DocumentType"
        case requires = "Requires"
        case tags = "Tags"
    }

    init(from decoder: any Decoder) throws {
        document = try DocumentInput(from: decoder)
        let own = try decoder.container(keyedBy: CodingKeys.self)
        documentType = try own.decodeIfPresent(String.self, forKey: .documentType)
        requires = try own.decodeIfPresent([DocumentInput.Ignored].self, forKey: .requires)
        tags = try own.decodeIfPresent([Tag].self, forKey: .tags)
    }
}

struct CreateDocumentOutput: Encodable, Sendable {
    var documentDescription: DocumentDescription

    enum CodingKeys: String, CodingKey {
        case documentDescription = "DocumentDescription"
    }
}

extension SSMService {
    /// Creates a Session document.
    ///
    /// The account's preferences are the document `SSM-SessionManagerRunShell`, which does not exist until
    /// it is created here.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
    func createDocument(
        _ input: CreateDocumentInput,
        _ context: OperationContext
    ) async throws -> CreateDocumentOutput {
        let written = try checked(input)
        let name = written.name
        let tags = input.tags ?? []
        let existing = try await authorizeOnDocument(
            "ssm:CreateDocument",
            name,
            context,
            conditionValues: tags.requestConditions
                .merging(["ssm:DocumentType": ["Session"]]) { _, given in given }
        )
        try await authorizer.authorizeTagging(
            "ssm:AddTagsToResource",
            on: context.scope.documentARN(name).description,
            with: tags.values,
            in: context
        )
        try SSMFault.checkTags(tags)
        guard !DocumentName.isReserved(name) else {
            throw SSMFault.validation(
                "Document names that begin with aws, amazon or amzn are reserved."
            )
        }
        guard existing == nil else { throw Self.alreadyExists(name) }
        try written.requireSessionContent()

        let now = clock.now()
        let record = DocumentRecord(
            name: name,
            owner: context.scope.account.description,
            displayName: written.displayName,
            targetType: written.targetType,
            created: now,
            defaultVersion: 1,
            latestVersion: 1,
            greatestVersion: 1,
            tags: tags
        )
        let version = written.version(1, created: now)
        try await create(record, version, context)
        return CreateDocumentOutput(
            documentDescription: DocumentDescription(record, version, status: "Creating")
        )
    }

    private func create(
        _ record: DocumentRecord,
        _ version: DocumentVersionRecord,
        _ context: OperationContext
    ) async throws {
        let key = RecordKey.document(record.name, context.scope)
        try await retryingConflicts {
            guard try await storedDocument(record.name, in: context.scope) == nil else {
                throw Self.alreadyExists(record.name)
            }
            let count = try await documentCount(changedBy: 1, in: context.scope)
            guard count.value <= Limits.documents else {
                throw ServiceFault(
                    "DocumentLimitExceeded",
                    "You can have at most \(Limits.documents) active SSM documents."
                )
            }
            try await store.commit(
                RecordTransaction(
                    conditions: [.absent(key), count.condition],
                    changes: [
                        store.put(key, record),
                        store.put(
                            .documentVersion(version.number, of: record.name, context.scope),
                            version
                        ), count.change,
                    ]
                ),
                auditing: context
            )
        }
    }

    /// The number of documents after a change of it, and how to write it in the same transaction.
    func documentCount(
        changedBy difference: Int,
        in scope: Scope
    ) async throws -> (
        value: Int, condition: RecordTransaction.Condition, change: RecordTransaction.Change
    ) {
        let key = RecordKey.documentCount(scope)
        let stored = try await store.get(key, as: Int.self)
        let value = max(0, (stored?.value ?? 0) + difference)
        return (
            value, stored.map { .unchanged(key, $0.revision) } ?? .absent(key),
            try store.put(key, value)
        )
    }

    private static func alreadyExists(_ name: String) -> ServiceFault {
        ServiceFault("DocumentAlreadyExists", "Document with same name \(name) already exists")
    }

    private func checked(_ input: CreateDocumentInput) throws -> WrittenDocument {
        let written = try input.document.checked { $0.tags(input.tags, "tags") }
        // AWS's default is Command.
        let type = input.documentType ?? "Command"
        guard type == "Session" else {
            throw SSMFault.validation(
                "DocumentType \(type) is not supported; only Session documents are."
            )
        }
        guard !input.document.hasAttachments, input.requires?.isEmpty ?? true else {
            throw SSMFault.validation("Attachments and Requires are not supported.")
        }
        return written
    }
}
