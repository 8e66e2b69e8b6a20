import Logging
import PolicyEngine
import ServiceKit
import Storage
import Vocabulary

extension IAMService {
    /// The user or role of that name and id with its policies compiled; nil if it is gone or was replaced.
    func identity<Holder: PolicyHolder>(
        _ type: Holder.Type,
        named name: String,
        account: AccountID
    ) async throws -> CachedIdentity? {
        let key = IdentityCache.IdentityKey(
            account: account,
            kind: Holder.kind,
            name: name.lowercased()
        )
        if let known = cache.identity(key) { return known }
        let generation = cache.generation
        let keys = IAMKeys(account: account)
        let stored: Stored<Holder>? = try await store.get(keys.holder(Holder.kind, name))
        guard let holder = stored?.value else { return nil }
        var policies: [NamedPolicy] = []
        for (name, text) in holder.inline.sorted(by: { $0.key < $1.key }) {
            policies.append(NamedPolicy(name: name, document: try compiled(text, named: name)))
        }
        for arn in holder.attached {
            policies.append(try await managedPolicy(arn, account: account))
        }
        var boundary: PolicySet?
        if let arn = holder.boundary {
            boundary = PolicySet([try await managedPolicy(arn, account: account)])
        }
        let identity = CachedIdentity(
            id: holder.id,
            name: holder.name,
            policies: PolicySet(policies),
            boundary: boundary,
            tags: Dictionary(holder.tags.map { ($0.key, $0.value) }) { $1 }
        )
        cache.keep(identity, as: key, read: generation)
        return identity
    }

    /// A managed policy in its default version, compiled: one of AWS's or of the account.
    func managedPolicy(_ arn: String, account: AccountID) async throws -> NamedPolicy {
        if let known = cache.managedPolicy(arn) { return known }
        let generation = cache.generation
        let text: String
        if let builtIn = BuiltInPolicy.named(arn) {
            text = builtIn.document
        } else {
            text = try await defaultDocument(arn, account: account)
        }
        let policy = NamedPolicy(name: arn, document: try compiled(text, named: arn))
        cache.keep(policy, read: generation)
        return policy
    }

    /// The text of the default version of one of the account's own policies.
    private func defaultDocument(_ arn: String, account: AccountID) async throws -> String {
        let keys = IAMKeys(account: account)
        guard let name = PolicyARN(arn, account: account)?.name,
            let record = try await store.get(keys.policy(name), as: PolicyRecord.self)?.value,
            record.arn == arn,
            let text = try await store.get(
                keys.policyDocument(name, record.defaultVersion),
                as: String.self
            )?.value
        else {
            // A policy cannot be deleted while it is attached, so this is damage, or a change in between;
            // in both cases nothing is allowed on the strength of it.
            throw IAMFault.noSuchPolicy(arn)
        }
        return text
    }

    /// Compiles a stored document, which was checked when it was stored.
    private func compiled(_ text: String, named name: String) throws -> PolicyDocument {
        do {
            return try PolicyDocument(parsing: text, as: .identity)
        } catch {
            logger.error(
                "A stored policy cannot be read, so its holder may do nothing.",
                metadata: ["policy": "\(name)", "reason": "\(error)"]
            )
            throw ServiceFault.internalFailure
        }
    }
}

/// The ARN of a managed policy of an account: `arn:aws:iam::ACCOUNT:policy/PATH/NAME`.
struct PolicyARN {
    let name: String

    /// Nil if it is of no form that one of the account's own policies has.
    init?(_ text: String, account: AccountID) {
        guard let arn = try? ARN(parsing: text), arn.service == "iam",
            arn.account == account.description, arn.resource.hasPrefix("policy/"),
            let slash = arn.resource.lastIndex(of: "/")
        else { return nil }
        name = String(arn.resource[arn.resource.index(after: slash)...])
        guard !name.isEmpty else { return nil }
    }
}
