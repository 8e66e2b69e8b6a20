import PolicyEngine
import ServiceKit
import Vocabulary

extension IAMService {
    /// Checks a trust policy, and returns it as it is to be kept: with the unique ids of its principals.
    ///
    /// Its grammar, its size as it was written, and that the users and roles of this account exist.
    func requireTrustPolicy(_ text: String, in context: OperationContext) async throws -> String {
        let (_, characters) = try Self.validated(text, as: .trust)
        guard characters <= Limits.trustPolicyCharacters else {
            throw IAMFault.quota("ACLSizePerRole", Limits.trustPolicyCharacters)
        }
        do {
            return try await identifyingPrincipals(in: text, account: context.scope.account)
        } catch let unknown as UnknownPrincipal {
            throw IAMFault.malformedPolicy(
                "Invalid principal in policy: \"AWS\":\"\(unknown.text)\""
            )
        }
    }
}
