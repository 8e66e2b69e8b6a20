import ServiceKit
import Storage
import Vocabulary

struct DeleteAliasInput: Decodable, Sendable {
    let aliasName: String?

    enum CodingKeys: String, CodingKey {
        case aliasName = "AliasName"
    }
}

extension KMSService {
    /// Takes a name from its key; the key stays.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html
    func deleteAlias(
        _ input: DeleteAliasInput,
        in context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.aliasName(input.aliasName)
        try violations.check()
        let name = input.aliasName ?? ""
        try AliasName.check(name)
        let arn = context.scope.arn(ofAlias: name)
        context.audit.noted("aliasName", name)
        context.audit.touched(arn)
        try await authorize("kms:DeleteAlias", onResource: arn.description, in: context)
        try await keys.retryingConflicts {
            guard let alias = try await keys.stored(alias: name, in: context.scope) else {
                throw KMSFault.aliasNotFound(arn)
            }
            let key = try await keyForAlias(
                alias.value.target,
                authorizing: "kms:DeleteAlias",
                name,
                in: context
            )
            var record = key.value
            record.remove(alias: name)
            let transaction = try RecordTransaction(
                conditions: [
                    .unchanged(alias.key, alias.revision), .unchanged(key.key, key.revision),
                ],
                changes: [.delete(alias.key), keys.put(record, in: context.scope)]
            )
            try await keys.commit(transaction, auditing: context)
        }
        return EmptyOutput()
    }
}
