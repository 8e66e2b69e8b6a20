import ServiceKit
import Storage
import Vocabulary

extension KMSService {
    /// Gives a key a name.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    func createAlias(_ input: AliasInput, in context: OperationContext) async throws -> EmptyOutput
    {
        let (name, target) = try input.checked(in: context)
        let arn = context.scope.arn(ofAlias: name)
        context.audit.touched(arn)
        try await authorize("kms:CreateAlias", onResource: arn.description, in: context)
        try await keys.retryingConflicts {
            let key = try await keyForAlias(
                target,
                authorizing: "kms:CreateAlias",
                name,
                in: context
            )
            try key.value.requireNotPendingDeletion(in: context.scope)
            guard try await keys.stored(alias: name, in: context.scope) == nil else {
                throw ServiceFault(
                    "AlreadyExistsException",
                    "An alias with the name \(arn) already exists"
                )
            }
            var record = key.value
            try record.add(alias: name)
            let now = clock.now()
            let alias = AliasRecord(
                name: name,
                target: target,
                creationDate: now,
                lastUpdatedDate: now
            )
            let transaction = try RecordTransaction(
                conditions: [
                    .absent(KMSRecordKey.alias(name, in: context.scope)),
                    .unchanged(key.key, key.revision),
                ],
                changes: [
                    keys.put(alias, in: context.scope), keys.put(record, in: context.scope),
                ]
            )
            try await keys.commit(transaction, auditing: context)
        }
        return EmptyOutput()
    }
}

extension KeyRecord {
    mutating func add(alias name: String) throws {
        guard aliases.count < Limits.kmsAliasesPerKey else {
            throw KMSFault.limit("A key has at most \(Limits.kmsAliasesPerKey) aliases.")
        }
        aliases = (aliases + [name]).sorted()
    }

    mutating func remove(alias name: String) {
        aliases.removeAll { $0 == name }
    }
}
