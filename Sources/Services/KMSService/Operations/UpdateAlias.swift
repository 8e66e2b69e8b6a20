import ServiceKit
import Storage
import Vocabulary

extension KMSService {
    /// Lets a name stand for another key.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html
    func updateAlias(_ input: AliasInput, in context: OperationContext) async throws -> EmptyOutput
    {
        let (name, target) = try input.checked(in: context)
        let arn = context.scope.arn(ofAlias: name)
        context.audit.touched(arn)
        try await authorize("kms:UpdateAlias", onResource: arn.description, in: context)
        try await keys.retryingConflicts {
            guard let alias = try await keys.stored(alias: name, in: context.scope) else {
                throw KMSFault.aliasNotFound(arn)
            }
            let action = "kms:UpdateAlias"
            let old = try await keyForAlias(
                alias.value.target,
                authorizing: action,
                name,
                in: context
            )
            let new = try await keyForAlias(target, authorizing: action, name, in: context)
            try new.value.requireNotPendingDeletion(in: context.scope)
            var record = alias.value
            record.target = target
            record.lastUpdatedDate = clock.now()
            var transaction = try RecordTransaction(
                conditions: [
                    .unchanged(alias.key, alias.revision), .unchanged(old.key, old.revision),
                    .unchanged(new.key, new.revision),
                ],
                changes: [keys.put(record, in: context.scope)]
            )
            if old.key != new.key {
                var (from, to) = (old.value, new.value)
                from.remove(alias: name)
                try to.add(alias: name)
                transaction.changes += try [
                    keys.put(from, in: context.scope), keys.put(to, in: context.scope),
                ]
            }
            try await keys.commit(transaction, auditing: context)
        }
        return EmptyOutput()
    }
}
