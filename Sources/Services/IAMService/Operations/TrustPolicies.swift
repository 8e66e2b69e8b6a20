import PolicyEngine
import ServiceKit
import Vocabulary

extension IAMService {
    /// Checks a trust policy, and returns it as it is to be kept: with the unique ids of its principals.
    ///
    /// Its grammar, its size as it was written, and that the users and roles of this account exist. What is kept
    /// is compiled too: from one that could not be read nobody would get the role any more.
    func requireTrustPolicy(_ text: String, in context: OperationContext) async throws -> String {
        let (_, characters) = try Self.validated(text, as: .trust)
        guard characters <= Limits.trustPolicyCharacters else {
            throw IAMFault.quota("ACLSizePerRole", Limits.trustPolicyCharacters)
        }
        do {
            let kept = try await identifyingPrincipals(in: text, account: context.scope.account)
            try Self.validated(kept, as: .trust)
            return kept
        } catch let unknown as UnknownPrincipal {
            throw IAMFault.malformedPolicy(
                "Invalid principal in policy: \"AWS\":\"\(unknown.text)\""
            )
        }
    }
}
