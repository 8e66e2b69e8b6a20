import Crypto
import FoundationEssentials
import Sealing
import Vocabulary

/// What Encrypt returns: a header that names the key, and bytes sealed under a key of their own.
///
/// `version (1) ‖ key id (16) ‖ material id (32) ‖ salt (16) ‖ nonce (12) ‖ sealed ‖ tag (16)`. The associated
/// data is everything before `sealed`, then the encryption context in canonical form. The key is derived from
/// the material and the salt and seals once: a random 96-bit nonce under the material itself would be spent in
/// days. See docs/formats/kms-ciphertext.md.
struct KeyCiphertext: Sendable {
    private static let version: UInt8 = 1
    private static let saltLength = 16
    private static let nonceLength = 12
    private static let tagLength = 16
    private static let headerLength =
        1 + KeyID.byteCount + MaterialID.byteCount + saltLength + nonceLength

    /// Bytes by which a ciphertext is longer than what it holds.
    static let overhead = headerLength + tagLength

    let keyID: KeyID
    let materialID: MaterialID
    private let bytes: [UInt8]

    /// Reads the header; nil for what is no ciphertext of ours.
    ///
    /// Nothing is verified by that.
    init?(unverified bytes: [UInt8]) {
        guard bytes.count >= Self.overhead, bytes[0] == Self.version else { return nil }
        let materialStart = 1 + KeyID.byteCount
        keyID = KeyID(bytes: bytes[1..<materialStart])
        materialID = MaterialID(
            bytes: bytes[materialStart..<materialStart + MaterialID.byteCount]
        )
        self.bytes = bytes
    }

    /// Seals bytes under a key, bound to an encryption context.
    static func seal(
        _ plaintext: [UInt8],
        under material: KeyMaterial,
        _ context: EncryptionContext,
        entropy: any Entropy
    ) -> [UInt8] {
        let random = entropy.bytes(saltLength + nonceLength)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(overhead + plaintext.count)
        bytes.append(version)
        bytes += material.keyID.bytes
        bytes += material.materialID.bytes
        bytes += random
        do {
            let box = try AES.GCM.seal(
                plaintext,
                using: material.derivedKey(salt: random.prefix(saltLength)),
                nonce: AES.GCM.Nonce(data: random.suffix(nonceLength)),
                authenticating: bytes + context.canonicalBytes
            )
            bytes += box.ciphertext
            bytes += box.tag
            return bytes
        } catch {
            // AES-GCM refuses only keys and nonces of a wrong length, and ours are made above.
            preconditionFailure("AES-GCM refused a 12-byte nonce: \(error)")
        }
    }

    /// Opens it, if it was sealed under this material for this encryption context.
    func open(
        with material: KeyMaterial,
        _ context: EncryptionContext
    ) throws(SealingError) -> Secret {
        guard material.keyID == keyID, material.materialID == materialID else {
            throw .notAuthentic
        }
        let header = bytes.prefix(Self.headerLength)
        let random = header.suffix(Self.saltLength + Self.nonceLength)
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: random.suffix(Self.nonceLength)),
                ciphertext: bytes[Self.headerLength..<bytes.count - Self.tagLength],
                tag: bytes.suffix(Self.tagLength)
            )
            let plaintext = try AES.GCM.open(
                box,
                using: material.derivedKey(salt: random.prefix(Self.saltLength)),
                authenticating: header + context.canonicalBytes
            )
            return Secret(Array(plaintext))
        } catch {
            throw .notAuthentic
        }
    }
}
