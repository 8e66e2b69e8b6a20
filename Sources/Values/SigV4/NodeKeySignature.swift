import Crypto
package import CryptoExtras
import Encoding
import FoundationEssentials

/// The signature of a node's own key pair over SigV4's string to sign: base64 of RSASSA-PSS with SHA-256.
///
/// It stands where the hexadecimal HMAC would, in a header that says `AWS4-HMAC-SHA256` all the same.
package enum NodeKeySignature {
    /// Signs with a salt of 32 bytes, as the stock agent does.
    package static func sign(
        _ stringToSign: String,
        with key: _RSA.Signing.PrivateKey
    ) throws -> String {
        let digest = SHA256.hash(data: Array(stringToSign.utf8))
        let signature = try key.signature(for: digest, padding: .PSS)
        return Base64.text(of: signature.rawRepresentation)
    }

    /// Whether the base64 text is the signature of the string under a DER SubjectPublicKeyInfo.
    static func isValid(
        _ signature: String,
        of stringToSign: String,
        publicKey: [UInt8]
    ) -> Bool {
        guard let raw = try? Base64.bytes(of: signature),
            let key = try? _RSA.Signing.PublicKey(derRepresentation: publicKey)
        else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: raw),
            for: SHA256.hash(data: Array(stringToSign.utf8)),
            padding: .PSS
        )
    }
}
