import PolicyEngine
import ServiceKit
import Storage
import Vocabulary

/// A managed policy, the account's own or one of AWS's.
enum ManagedPolicy: Sendable {
    case own(PolicyRecord)
    case builtIn(BuiltInPolicy)

    var record: PolicyRecord {
        switch self {
        case .own(let record): record
        case .builtIn(let policy): policy.record
        }
    }
}

extension IAMService {
    /// The policy of that ARN, if the caller may do this to it; asked before it is told whether it exists.
    func readPolicy(
        _ arn: String,
        for action: String,
        in context: OperationContext
    ) async throws -> ManagedPolicy {
        let policy = try await findPolicy(arn, in: context)
        context.touched(arn)
        try await require(
            action,
            on: arn,
            conditions: Self.conditions(ofTags: policy?.record.tags ?? []),
            in: context
        )
        guard let policy else { throw try missing(arn) }
        return policy
    }

    private func findPolicy(
        _ arn: String,
        in context: OperationContext
    ) async throws -> ManagedPolicy? {
        if let builtIn = BuiltInPolicy.named(arn) { return .builtIn(builtIn) }
        guard let name = PolicyARN(arn, account: context.scope.account)?.name,
            let record = try await store.get(context.keys.policy(name), as: PolicyRecord.self),
            record.value.arn == arn
        else { return nil }
        return .own(record.value)
    }

    /// One of the account's own policies within a change, if the caller may do this to it.
    func requirePolicy(
        _ arn: String,
        for action: String,
        conditions: [String: [String]] = [:],
        draft: inout Draft,
        in context: OperationContext
    ) async throws -> PolicyRecord {
        var record: PolicyRecord?
        if let name = PolicyARN(arn, account: context.scope.account)?.name {
            record = try await draft.read(context.keys.policy(name), as: PolicyRecord.self)
        }
        if record?.arn != arn { record = nil }
        context.touched(arn)
        let tags = Self.conditions(ofTags: record?.tags ?? [])
        try await require(
            action,
            on: arn,
            conditions: tags.merging(conditions) { $1 },
            in: context
        )
        guard BuiltInPolicy.named(arn) == nil else {
            throw ServiceFault(
                "AccessDenied",
                "User: \(context.principal.displayName) is not authorized to perform: \(action) "
                    + "on resource: \(arn), which AWS owns and nobody here may change",
                status: 403
            )
        }
        guard let record else { throw try missing(arn) }
        return record
    }

    /// The fault about an ARN that is no policy's.
    private func missing(_ arn: String) throws -> ServiceFault {
        guard (try? ARN(parsing: arn)) != nil else {
            throw IAMFault.unparsableARN
        }
        return IAMFault.noSuchPolicy(arn)
    }

    func use(of arn: String, in context: OperationContext) async throws -> PolicyUse? {
        try await store.get(context.keys.policyUse(arn), as: PolicyUse.self)?.value
    }

    /// The text of one version.
    func document(
        of policy: ManagedPolicy,
        version: Int,
        in context: OperationContext
    ) async throws -> String? {
        switch policy {
        case .builtIn(let policy): return policy.document
        case .own(let record):
            let key = context.keys.policyDocument(record.name, version)
            return try await store.get(key, as: String.self)?.value
        }
    }

    /// Checks a managed policy's grammar and size.
    static func requireManagedDocument(_ text: String) throws {
        let (_, characters) = try validated(text, as: .identity)
        guard characters <= Limits.managedPolicyCharacters else {
            throw IAMFault.quota("PolicySize", Limits.managedPolicyCharacters)
        }
    }
}
