import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

extension Draft {
    /// The user or role of that name; the fault if there is none.
    mutating func holder<Holder: PolicyHolder>(
        _ name: String,
        as type: Holder.Type,
        in context: OperationContext
    ) async throws -> Holder {
        let key = context.keys.holder(Holder.kind, name)
        guard let holder = try await read(key, as: Holder.self) else {
            throw IAMFault.noSuchHolder(Holder.kind, name)
        }
        return holder
    }

    /// Writes a user or role back.
    mutating func put<Holder: PolicyHolder>(
        _ holder: Holder,
        in context: OperationContext
    ) throws {
        try put(context.keys.holder(Holder.kind, holder.name), holder)
    }

    /// Files a user or role under its unique id, by which policies hold it.
    mutating func file(_ holder: some PolicyHolder, in keys: IAMKeys) throws {
        try put(keys.principal(holder.id), holder.arn)
    }

    /// Counts one more of something, and refuses more than its quota.
    mutating func countOneMore(
        _ member: WritableKeyPath<AccountCounts, Int>,
        quota: (name: String, limit: Int),
        in context: OperationContext
    ) async throws {
        var counts = try await read(context.keys.counts, as: AccountCounts.self) ?? AccountCounts()
        counts[keyPath: member] += 1
        guard counts[keyPath: member] <= quota.limit else {
            throw IAMFault.quota(quota.name, quota.limit)
        }
        try put(context.keys.counts, counts)
    }

    /// Counts one less of something.
    mutating func countOneLess(
        _ member: WritableKeyPath<AccountCounts, Int>,
        in context: OperationContext
    ) async throws {
        var counts = try await read(context.keys.counts, as: AccountCounts.self) ?? AccountCounts()
        counts[keyPath: member] = max(0, counts[keyPath: member] - 1)
        try put(context.keys.counts, counts)
    }

    /// Notes that a holder begins or ends to use a managed policy.
    mutating func use<Holder: PolicyHolder>(
        _ arn: String,
        as usage: PolicyUsage,
        by holder: Holder,
        begins: Bool,
        in context: OperationContext
    ) async throws {
        let keys = context.keys
        var use = try await read(keys.policyUse(arn), as: PolicyUse.self) ?? PolicyUse()
        let step = begins ? 1 : -1
        switch usage {
        case .permissions: use.attachments += step
        case .boundary: use.boundaries += step
        }
        if use.isUnused {
            delete(keys.policyUse(arn))
        } else {
            try put(keys.policyUse(arn), use)
        }
        let userKey = keys.policyUser(arn, usage, Holder.kind, holder.name)
        if begins {
            let user = PolicyUser(
                kind: Holder.kind,
                name: holder.name,
                id: holder.id,
                path: holder.path
            )
            try put(userKey, user)
        } else {
            delete(userKey)
        }
    }
}

extension OperationContext {
    var keys: IAMKeys { IAMKeys(account: scope.account) }

    /// The ARN of something of IAM in this account.
    func iamARN(_ resource: String) -> String {
        scope.globalARN(service: "iam", resource: resource).description
    }

    /// Notes in the audit record what the call touches.
    func touched(_ arn: String) {
        if let arn = try? ARN(parsing: arn) { audit.touched(arn) }
    }
}

extension IAMService {
    /// The ARN of a user or role: its own if it exists, else the one it would have without a path.
    func holderARN<Holder: PolicyHolder>(
        _ name: String,
        _ type: Holder.Type,
        in context: OperationContext
    ) async throws -> (arn: String, holder: Holder?) {
        let stored: Stored<Holder>? = try await store.get(context.keys.holder(Holder.kind, name))
        return (
            stored?.value.arn ?? context.iamARN("\(Holder.kind.rawValue)/\(name)"), stored?.value
        )
    }

    /// A new unique id: four letters that tell the kind, and 17 of base 32.
    func uniqueID(_ prefix: String) -> String {
        prefix + entropy.characters(17, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }
}
