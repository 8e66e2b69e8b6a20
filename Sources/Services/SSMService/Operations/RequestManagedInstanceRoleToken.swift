import FoundationEssentials
import Sealing
import ServiceKit
import Vocabulary

struct RequestManagedInstanceRoleTokenInput: Decodable, Sendable {
    var fingerprint: String?

    enum CodingKeys: String, CodingKey {
        case fingerprint = "Fingerprint"
    }
}

/// The agent reads all five members without asking whether they are there.
struct RequestManagedInstanceRoleTokenOutput: Encodable, Sendable {
    var accessKeyId: String
    var secretAccessKey: String
    var sessionToken: String
    var tokenExpirationDate: Date
    /// True would order the agent to make a new key pair at once.
    var updateKeyPair: Bool

    enum CodingKeys: String, CodingKey {
        case accessKeyId = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case tokenExpirationDate = "TokenExpirationDate"
        case updateKeyPair = "UpdateKeyPair"
    }
}

extension SSMService {
    /// Gives a node credentials of its role for an hour, as a session named for the node.
    ///
    /// The signature proves the key; the fingerprint proves that the key is still on its machine.
    func requestManagedInstanceRoleToken(
        _ input: RequestManagedInstanceRoleTokenInput,
        _ context: OperationContext
    ) async throws -> RequestManagedInstanceRoleTokenOutput {
        let node = try await signingNode(context).value
        guard let fingerprint = input.fingerprint, node.hasFingerprint(fingerprint) else {
            throw ServiceFault(
                "MachineFingerprintDoesNotMatch",
                "The fingerprint is not that of the machine that registered as \(node.id)."
            )
        }
        let credentials = try await roles.credentials(
            role: node.role,
            sessionName: node.id,
            service: Self.principal,
            duration: Limits.nodeCredentialLifetime,
            in: context
        )
        // Asked again, since a deregistration in between has revoked only what was issued before it.
        guard try await signingNode(context).value.role == node.role else {
            throw SSMFault.tooManyUpdates()
        }
        return RequestManagedInstanceRoleTokenOutput(
            accessKeyId: credentials.accessKeyID,
            // Sent to the node over TLS: the purpose of the call.
            secretAccessKey: credentials.secretAccessKey.revealedText(),
            sessionToken: credentials.sessionToken,
            tokenExpirationDate: credentials.expiration,
            updateKeyPair: false
        )
    }

    /// The node whose own key signed the call.
    func signingNode(_ context: OperationContext) async throws -> Stored<NodeRecord> {
        guard case .node(let id) = context.principal else {
            throw SSMFault.accessDenied("The call must be signed with a managed node's key pair.")
        }
        context.audit.touched(context.scope.nodeARN(id.description))
        return try await requireNode(id, in: context.scope)
    }
}
