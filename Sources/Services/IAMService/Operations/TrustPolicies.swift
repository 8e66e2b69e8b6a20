import PolicyEngine
import ServiceKit
import Vocabulary

extension IAMService {
    /// Checks a trust policy: its grammar, its size, and that the users and roles it names exist.
    ///
    /// Those of other accounts are not looked for: they may live on another server.
    func requireTrustPolicy(
        _ text: String,
        draft: inout Draft,
        in context: OperationContext
    ) async throws {
        let (document, characters) = try Self.validated(text, as: .trust)
        guard characters <= Limits.trustPolicyCharacters else {
            throw IAMFault.quota("ACLSizePerRole", Limits.trustPolicyCharacters)
        }
        for text in document.principalARNs {
            guard let arn = try? ARN(parsing: text),
                arn.account == context.scope.account.description
            else { continue }
            guard try await exists(arn, draft: &draft, in: context) else {
                throw IAMFault.malformedPolicy("Invalid principal in policy: \"AWS\":\"\(text)\"")
            }
        }
    }

    /// Whether a principal of this account exists; of a role's session, whether the role does.
    private func exists(
        _ arn: ARN,
        draft: inout Draft,
        in context: OperationContext
    ) async throws -> Bool {
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard let kind = parts.first, let last = parts.last, parts.count >= 2 else { return false }
        switch kind {
        case "user":
            let key = context.keys.holder(.user, last)
            return try await draft.read(key, as: UserRecord.self)?.arn == arn.description
        case "role":
            let key = context.keys.holder(.role, last)
            return try await draft.read(key, as: RoleRecord.self)?.arn == arn.description
        default:
            let key = context.keys.holder(.role, parts[1])
            return try await draft.read(key, as: RoleRecord.self) != nil
        }
    }
}
