import Crypto
import CryptoExtras
import Encoding
import FoundationEssentials
import ServiceKit
import Vocabulary

/// The public key by which a node signs, checked: RSA, of an accepted length.
struct NodeKey: Sendable {
    /// DER SubjectPublicKeyInfo.
    let der: [UInt8]

    /// Reads the key as the agent sends it: base64 of DER SubjectPublicKeyInfo, type `Rsa`.
    init(publicKey: String?, type: String?, member: String) throws {
        var violations = ConstraintViolations()
        violations.required(publicKey, member)
        violations.length(publicKey, member, Limits.nodeKeyTextLength)
        violations.oneOf(type, "\(member)Type", ["Rsa"])
        try violations.check()
        guard let text = publicKey, let bytes = Data(base64Encoded: text),
            let key = try? _RSA.Signing.PublicKey(derRepresentation: bytes),
            Limits.nodeKeyBits.contains(key.keySizeInBits)
        else {
            throw SSMFault.validation(
                "The public key is not valid: it must be base64 of the DER SubjectPublicKeyInfo of an "
                    + "RSA key of \(Limits.nodeKeyBits.lowerBound) to "
                    + "\(Limits.nodeKeyBits.upperBound) bits."
            )
        }
        der = Array(key.derRepresentation)
    }

    /// The SHA-256 of a key, by which it is found again.
    static func digest(_ der: [UInt8]) -> String {
        Hex.text(of: SHA256.hash(data: der))
    }

    var digest: String { Self.digest(der) }
}
