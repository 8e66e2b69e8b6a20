import FoundationEssentials
import Sealing
import Vocabulary

/// Everything there is to know about temporary credentials; nothing of it is stored.
struct SessionClaims: Codable, Sendable {
    var account: String
    var roleARN: String
    var roleID: String
    var sessionName: String
    /// The secret access key; readable by whoever can open the token, which is us.
    var secret: String
    var expires: Date
    var policies: [String] = []
    var policyARNs: [String] = []
    var tags: [String: String] = [:]
    var transitiveTagKeys: [String] = []
    var sourceIdentity: String?
    /// The service that the session was given to, if not to a caller of AssumeRole.
    var service: String?
    /// How often sessions of this service and name had been revoked before.
    var revocations = 0
}

/// Seals what a session is into its token, so that any server with the key knows it.
///
/// The token is the base64 of an envelope of `SealingKey` whose place is the access key id: a token does not
/// open beside another key's id, and cannot be made up or changed. The key is derived for this use alone.
struct SessionTokenSealer: Sendable {
    private let key: SealingKey
    private let entropy: any Entropy

    init(sealingKey: SealingKey, entropy: any Entropy) {
        key = sealingKey.derived(for: "sts session token")
        self.entropy = entropy
    }

    func seal(_ claims: SessionClaims, accessKeyID: String) throws -> String {
        let plain = Array(try JSONEncoder().encode(claims))
        let sealed = key.seal(plain, for: Array(accessKeyID.utf8), entropy: entropy)
        return Data(sealed).base64EncodedString()
    }

    /// The claims of a token; nil if it is not one of ours for this key.
    func open(_ token: String, accessKeyID: String) -> SessionClaims? {
        guard token.utf8.count <= Limits.sessionTokenBytes, let sealed = Data(base64Encoded: token),
            let plain = try? key.open(Array(sealed), for: Array(accessKeyID.utf8))
        else { return nil }
        return try? JSONDecoder().decode(SessionClaims.self, from: Data(plain))
    }
}
