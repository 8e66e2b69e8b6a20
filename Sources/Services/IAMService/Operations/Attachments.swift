import PolicyEngine
import ServiceKit
import Vocabulary

extension IAMService {
    /// Attaches a managed policy, if it exists and there is room for it.
    func attach<Holder: PolicyHolder>(
        _ arn: String,
        to holder: inout Holder,
        draft: inout Draft,
        in context: OperationContext
    ) async throws {
        try await requireAttachable(arn, draft: &draft, in: context)
        guard !holder.attached.contains(arn) else { return }
        let limit = Holder.kind.attachedPolicies
        guard holder.attached.count < limit else {
            throw IAMFault.quota("PoliciesPer\(Holder.kind.capitalized)", limit)
        }
        holder.attached.append(arn)
        try await draft.use(arn, as: .permissions, by: holder, begins: true, in: context)
    }

    /// Insists that a managed policy exists when the change is made.
    func requireAttachable(
        _ arn: String,
        draft: inout Draft,
        in context: OperationContext
    ) async throws {
        if BuiltInPolicy.named(arn) != nil { return }
        guard (try? ARN(parsing: arn)) != nil else {
            throw IAMFault.unparsableARN
        }
        guard let name = PolicyARN(arn, account: context.scope.account)?.name,
            let policy = try await draft.read(context.keys.policy(name), as: PolicyRecord.self),
            policy.arn == arn
        else { throw IAMFault.notAttachable(arn) }
    }

    /// Writes an inline policy, if it can be read and all of them together are not too long.
    static func putInline<Holder: PolicyHolder>(
        _ document: String,
        named name: String,
        into holder: inout Holder
    ) throws {
        try validated(document, as: .identity)
        let stored = holder.inlinePolicy(name)?.name ?? name
        holder.inline[stored] = document
        let limit = Holder.kind.inlineCharacters
        guard holder.inline.values.map(characters).reduce(0, +) <= limit else {
            throw IAMFault.limitExceeded(
                "Maximum policy size of \(limit) bytes exceeded for \(Holder.kind.rawValue) "
                    + holder.name
            )
        }
    }
}

extension PolicyHolder {
    /// An inline policy by its name, which is the same in capitals and small letters.
    func inlinePolicy(_ name: String) -> (name: String, document: String)? {
        if let document = inline[name] { return (name, document) }
        return inline.first { $0.key.lowercased() == name.lowercased() }
            .map { ($0.key, $0.value) }
    }
}
