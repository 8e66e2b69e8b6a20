import Crypto
package import Sealing
package import Vocabulary

/// Signs heads and tombstones of an account's log: ECDSA on P-256 over the SHA-256 of their bytes.
package struct HeadSigner: Sendable {
    private let key: P256.Signing.PrivateKey

    /// Takes the 32 bytes of a private key, or nil if they are none.
    package init?(_ secret: Secret) {
        let key = secret.withBytes { try? P256.Signing.PrivateKey(rawRepresentation: $0) }
        guard let key else { return nil }
        self.key = key
    }

    /// The bytes of a new private key.
    package static func makeKey(entropy: some Entropy) -> Secret {
        while true {
            // Not every 32 bytes are a key: those at or above the group's order, one in 2³², are not.
            let bytes = entropy.bytes(32)
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) {
                return Secret(Array(key.rawRepresentation))
            }
        }
    }

    /// X9.63, uncompressed: 65 bytes that anybody may have.
    package var publicKey: [UInt8] { Array(key.publicKey.x963Representation) }

    /// The signature, as 64 bytes `r ‖ s`.
    package func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: bytes).rawRepresentation)
    }

    /// Whether the signature is that key's over those bytes.
    package static func isValid(
        _ signature: [UInt8],
        of bytes: [UInt8],
        publicKey: [UInt8]
    ) -> Bool {
        guard let key = try? P256.Signing.PublicKey(x963Representation: publicKey),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}
