import Crypto
package import Vocabulary

/// Why a sealed thing could not be opened.
package enum SealingError: Error, Equatable, Sendable {
    /// Shorter than the smallest envelope, or cut off.
    case truncated
    /// Written by a version this program does not know.
    case unknownVersion(UInt8)
    /// Changed, moved to another place, or sealed under another key. Which of these cannot be told.
    case notAuthentic
}

/// An AES-256-GCM key that seals small things, each bound to the place it belongs to.
///
/// Envelope, version 1: `version (1 byte, 0x01) ‖ nonce (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes)`.
/// The associated data is the version byte followed by the caller's `place`, so that what is sealed for one
/// place does not open in another. A random 96-bit nonce allows 2³² seals under one key before the chance of
/// a repeat passes 2⁻³³ (NIST SP 800-38D, section 8.3); what seals more than that derives keys.
package struct SealingKey: Sendable {
    /// Bytes by which an envelope is longer than what it holds.
    package static let overhead = 1 + 12 + 16
    /// Bytes of a key.
    package static let length = 32

    private static let version: UInt8 = 1
    private let key: SymmetricKey

    /// Makes a key of 32 bytes.
    package init(_ secret: Secret) {
        precondition(secret.count == Self.length, "a sealing key has 32 bytes")
        key = secret.withBytes { SymmetricKey(data: $0) }
    }

    /// A key of its own for one purpose, by HKDF-SHA-256; `purpose` separates one from all others.
    package func derived(for purpose: String, salt: [UInt8] = []) -> SealingKey {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key,
            salt: salt,
            info: Array(purpose.utf8),
            outputByteCount: Self.length
        )
        return SealingKey(Secret(derived.withUnsafeBytes { Array($0) }))
    }

    /// Seals `plaintext` for `place`.
    package func seal(_ plaintext: [UInt8], for place: [UInt8], entropy: some Entropy) -> [UInt8] {
        let nonceBytes = entropy.bytes(12)
        do {
            let nonce = try AES.GCM.Nonce(data: nonceBytes)
            let box = try AES.GCM.seal(
                plaintext,
                using: key,
                nonce: nonce,
                authenticating: [Self.version] + place
            )
            return [Self.version] + nonceBytes + box.ciphertext + box.tag
        } catch {
            // AES-GCM refuses only keys and nonces of a wrong length, and ours are made above.
            preconditionFailure("AES-GCM refused a 12-byte nonce: \(error)")
        }
    }

    /// Opens what `seal` made for the same place.
    package func open(
        _ envelope: [UInt8],
        for place: [UInt8]
    ) throws(SealingError) -> [UInt8] {
        guard let version = envelope.first else { throw .truncated }
        guard version == Self.version else { throw .unknownVersion(version) }
        guard envelope.count >= Self.overhead else { throw .truncated }
        do {
            let box = try AES.GCM.SealedBox(combined: envelope.dropFirst())
            return Array(try AES.GCM.open(box, using: key, authenticating: [version] + place))
        } catch {
            throw .notAuthentic
        }
    }
}
