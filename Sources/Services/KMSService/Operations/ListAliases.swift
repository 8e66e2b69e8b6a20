import FoundationEssentials
import ServiceKit
import Vocabulary

struct ListAliasesInput: Decodable, Sendable {
    let keyID: String?
    let limit: Int?
    let marker: String?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case limit = "Limit"
        case marker = "Marker"
    }
}

struct ListAliasesOutput: Encodable, Sendable {
    struct Entry: Encodable, Sendable {
        let aliasName: String
        let aliasARN: String
        let targetKeyID: String
        let creationDate: Date
        let lastUpdatedDate: Date

        init(_ record: AliasRecord, in scope: Scope) {
            aliasName = record.name
            aliasARN = scope.arn(ofAlias: record.name).description
            targetKeyID = record.target.description
            creationDate = record.creationDate
            lastUpdatedDate = record.lastUpdatedDate
        }

        enum CodingKeys: String, CodingKey {
            case aliasName = "AliasName"
            case aliasARN = "AliasArn"
            case targetKeyID = "TargetKeyId"
            case creationDate = "CreationDate"
            case lastUpdatedDate = "LastUpdatedDate"
        }
    }

    let aliases: [Entry]
    let nextMarker: String?
    let isTruncated: Bool

    enum CodingKeys: String, CodingKey {
        case aliases = "Aliases"
        case nextMarker = "NextMarker"
        case isTruncated = "Truncated"
    }
}

extension KMSService {
    /// Lists aliases in the order of their names: all of the region, or those of one key.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html
    func listAliases(
        _ input: ListAliasesInput,
        in context: OperationContext
    ) async throws -> ListAliasesOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID, isRequired: false)
        violations.listing(limit: input.limit, marker: input.marker)
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        try await authorize("kms:ListAliases", onResource: "*", in: context)
        let parameters = [input.keyID ?? ""]
        let after = try position(of: input.marker, parameters, in: context)
        // A page may hold fewer than were asked for; AWS gives at most a hundred.
        let limit = min(input.limit ?? 50, 100)
        let found = try await aliases(of: input.keyID, after: after, limit: limit + 1, in: context)
        let page = found.prefix(limit)
        return ListAliasesOutput(
            aliases: page.map { ListAliasesOutput.Entry($0, in: context.scope) },
            nextMarker: try found.count > limit
                ? marker(at: page.last?.name ?? "", parameters, in: context) : nil,
            isTruncated: found.count > limit
        )
    }

    private func aliases(
        of keyID: String?,
        after name: String?,
        limit: Int,
        in context: OperationContext
    ) async throws -> [AliasRecord] {
        guard let keyID else {
            return try await keys.listAliases(in: context.scope, after: name, limit: limit)
        }
        let (key, _) = try await key(keyID, .keyOnly, in: context)
        let names = key.record.aliases.filter { alias in name.map { alias > $0 } ?? true }
        var found: [AliasRecord] = []
        for name in names.prefix(limit) {
            guard let alias = try await keys.alias(name, in: context.scope) else { continue }
            found.append(alias)
        }
        return found
    }
}
