import Crypto
import FoundationEssentials
import Sealing
import Vocabulary

/// What is kept of an activation code: a salted SHA-256, by which a code can be checked and not be told.
///
/// A fast hash is enough, as the code is not chosen by a person: 20 characters of 62 are 119 random bits.
struct ActivationCodeHash: Codable, Sendable {
    private static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    private let salt: Data
    private let digest: Data

    init(of code: Secret, entropy: some Entropy) {
        salt = Data(entropy.bytes(16))
        digest = Self.digest(salt, code)
    }

    /// A new code, to be shown once.
    static func makeCode(entropy: some Entropy) -> Secret {
        Secret(utf8: entropy.characters(Limits.activationCodeLength, of: alphabet))
    }

    func matches(_ code: Secret) -> Bool {
        Secret(Array(Self.digest(salt, code))).isEqual(to: Secret(Array(digest)))
    }

    private static func digest(_ salt: Data, _ code: Secret) -> Data {
        var hash = SHA256()
        hash.update(data: salt)
        code.withBytes { hash.update(data: $0) }
        return Data(hash.finalize())
    }
}
