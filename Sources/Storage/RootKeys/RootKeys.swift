// RootKeys: the one secret that everything sealed hangs on, kept in a file, and the store key that it wraps.

import Crypto
import Encoding
package import Sealing
package import Vocabulary

/// Why a root key, or what it wraps, cannot be used.
///
/// Each case is a sentence for the operator.
package enum RootKeyError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case exists(path: String)
    /// Others on the machine could read it; the mode is what the file has now.
    case readableByOthers(path: String, mode: UInt32)
    case unreadable(reason: String)
    case damaged(path: String)
    /// The data directory was made under another root key.
    case wrongKey(needed: String, given: String)
    /// Something that the root key wraps is cut off, changed, or stands where it does not belong.
    case damagedSecret(place: String)
    /// The data directory has no store key: it was never set up.
    case notInitialized
    /// The data directory has a store key already.
    case initialized

    package var description: String {
        switch self {
        case .missing(let path): "There is no root key at \(path)."
        case .exists(let path): "There is a file at \(path) already."
        case .readableByOthers(let path, let mode):
            "The root key \(path) has mode \(String(mode, radix: 8)), and others could read it: run "
                + "'chmod 600 \(path)'."
        case .unreadable(let reason): "The root key cannot be used: \(reason)."
        case .damaged(let path):
            "\(path) is no root key, or is damaged: restore it from its backup. Without it nothing of the "
                + "data can be decrypted."
        case .wrongKey(let needed, let given):
            "This data was made under the root key \(needed), and the one given is \(given)."
        case .damagedSecret(let place): "The wrapped \(place) is damaged."
        case .notInitialized: "This data directory has not been set up."
        case .initialized: "This data directory has been set up already."
        }
    }
}

/// The key at the top: it wraps small secrets, each for a place with a name, and nothing else.
///
/// A protocol comes with the second kind of root key (a PKCS#11 token, a passphrase); today there is one.
package struct RootKey: Sendable {
    /// Bytes of the secret.
    package static let length = 32

    private static let version: UInt8 = 1
    private static let fingerprintLength = 8

    /// Tells one root key from another and tells nothing of its bytes: sixteen hexadecimal digits.
    package let id: String

    private let fingerprint: [UInt8]
    private let wrapping: SealingKey

    package init(_ secret: Secret) {
        let key = SealingKey(secret)
        wrapping = key.derived(for: "sekisho root key wrapping v1")
        // The fingerprint is a hash of a derived key, so that it gives nothing to guess the root key by.
        fingerprint = secret.withBytes { bytes in
            let derived = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: bytes),
                salt: [UInt8](),
                info: Array("sekisho root key fingerprint v1".utf8),
                outputByteCount: Self.fingerprintLength
            )
            return derived.withUnsafeBytes { Array($0) }
        }
        id = Hex.text(of: fingerprint)
    }

    /// Wraps a secret for a place: `version ‖ fingerprint of the root key ‖ envelope`.
    package func wrap(_ secret: Secret, for place: String, entropy: some Entropy) -> [UInt8] {
        let envelope = secret.withBytes {
            wrapping.seal($0, for: Array(place.utf8), entropy: entropy)
        }
        return [Self.version] + fingerprint + envelope
    }

    /// Opens what `wrap` made for the same place, and says so if it was made under another root key.
    package func unwrap(
        _ wrapped: [UInt8],
        for place: String
    ) throws(RootKeyError) -> Secret {
        guard wrapped.first == Self.version, wrapped.count > 1 + Self.fingerprintLength else {
            throw .damagedSecret(place: place)
        }
        let needed = Array(wrapped[1...Self.fingerprintLength])
        guard needed == fingerprint else {
            throw .wrongKey(needed: Hex.text(of: needed), given: id)
        }
        do {
            let envelope = Array(wrapped.dropFirst(1 + Self.fingerprintLength))
            return Secret(try wrapping.open(envelope, for: Array(place.utf8)))
        } catch {
            throw .damagedSecret(place: place)
        }
    }
}
