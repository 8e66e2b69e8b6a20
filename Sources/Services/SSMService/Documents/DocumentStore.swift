import Crypto
import Encoding
import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

extension DocumentVersionRecord {
    static func hash(of content: String) -> String {
        Hex.text(of: SHA256.hash(data: Array(content.utf8)))
    }
}

/// Which version of a document a caller means.
enum VersionSelector: Equatable, Sendable {
    case `default`
    case latest
    case number(Int)
    case named(String)

    /// Reads `DocumentVersion` and `VersionName`; nil when the text is no version.
    init?(version: String?, name: String?) {
        switch (version, name) {
        case (nil, nil), ("$DEFAULT", nil): self = .default
        case ("$LATEST", nil): self = .latest
        case (nil, .some(let name)): self = .named(name)
        case (.some(let text), nil):
            guard let number = Int(text), number > 0, text.first != "0", text.first != "+" else {
                return nil
            }
            self = .number(number)
        case (.some, .some): return nil
        }
    }
}

/// Documents and their versions as they are found.
extension SSMService {
    /// The document of that name, built in or made here; nil when there is none.
    func document(_ name: String, in scope: Scope) async throws -> DocumentRecord? {
        if let builtIn = BuiltInDocuments.record(of: name) { return builtIn }
        return try await storedDocument(name, in: scope)?.value
    }

    func storedDocument(
        _ name: String,
        in scope: Scope
    ) async throws -> Stored<DocumentRecord>? {
        try await store.get(.document(name, scope), as: DocumentRecord.self)
    }

    /// A document that can be changed, or the fault for one that is not there or is AWS's.
    func requireStoredDocument(
        _ name: String,
        in scope: Scope
    ) async throws -> Stored<DocumentRecord> {
        guard let stored = try await storedDocument(name, in: scope) else {
            throw SSMFault.noSuchDocument(name)
        }
        return stored
    }

    /// One version of a document, or `InvalidDocumentVersion`.
    func version(
        _ selector: VersionSelector?,
        of document: DocumentRecord,
        in scope: Scope
    ) async throws -> DocumentVersionRecord {
        guard let selector else { throw SSMFault.noSuchVersion() }
        let number: Int
        switch selector {
        case .default: number = document.defaultVersion
        case .latest: number = document.latestVersion
        case .number(let given): number = given
        case .named(let name):
            let versions = try await versions(of: document, in: scope)
            guard let version = versions.first(where: { $0.versionName == name }) else {
                throw SSMFault.noSuchVersion()
            }
            return version
        }
        if let builtIn = BuiltInDocuments.version(of: document.name), number == builtIn.number {
            return builtIn
        }
        let key = RecordKey.documentVersion(number, of: document.name, scope)
        guard let stored = try await store.get(key, as: DocumentVersionRecord.self) else {
            throw SSMFault.noSuchVersion()
        }
        return stored.value
    }

    /// All versions, the oldest first.
    func versions(
        of document: DocumentRecord,
        in scope: Scope
    ) async throws -> [DocumentVersionRecord] {
        if let builtIn = BuiltInDocuments.version(of: document.name) { return [builtIn] }
        return try await store.range(
            .documentVersions(document.name, scope),
            as: DocumentVersionRecord.self,
            limit: Limits.documentVersions
        ).map(\.value)
    }

    /// Authorizes an action on a document by its ARN and tags, and says what there is under that name.
    func authorizeOnDocument(
        _ action: String,
        _ name: String,
        _ context: OperationContext,
        conditionValues: [String: [String]] = [:]
    ) async throws -> DocumentRecord? {
        let arn = context.scope.documentARN(name)
        context.audit.touched(arn)
        let document = try await document(name, in: context.scope)
        try await authorizer.authorize(
            AuthorizationRequest(
                action,
                on: arn.description,
                conditionValues: (document?.tags.resourceConditions ?? [:])
                    .merging(conditionValues) { _, given in given }
            ),
            in: context
        )
        return document
    }
}
