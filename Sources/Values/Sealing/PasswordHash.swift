import CryptoExtras
import FoundationEssentials
package import Vocabulary

/// What is kept of a password: enough to recognise it, slow to guess it by.
///
/// Text of version 1: `scrypt$16384$8$1$SALT$HASH`, the numbers being scrypt's N, r and p (RFC 7914), the last
/// two base64. Sixteen random bytes of salt; thirty-two of hash. About 16 MiB and 50 ms for a guess.
package struct PasswordHash: Sendable, CustomStringConvertible {
    private static let rounds = 16_384
    private static let blockSize = 8
    private static let saltLength = 16
    private static let hashLength = 32

    package let description: String

    private let salt: [UInt8]
    private let hash: Secret

    /// Hashes a new password.
    package init(_ password: Secret, entropy: some Entropy) throws {
        let salt = entropy.bytes(Self.saltLength)
        self.init(salt: salt, hash: try Self.hash(password, salt))
    }

    /// Reads what `description` wrote; nil for anything else, other cost parameters included.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", parts[1] == "\(Self.rounds)",
            parts[2] == "\(Self.blockSize)", parts[3] == "1",
            let salt = Data(base64Encoded: String(parts[4])), salt.count == Self.saltLength,
            let hash = Data(base64Encoded: String(parts[5])), hash.count == Self.hashLength
        else { return nil }
        self.init(salt: Array(salt), hash: Secret(Array(hash)))
    }

    private init(salt: [UInt8], hash: Secret) {
        self.salt = salt
        self.hash = hash
        let hashText = Data(hash.revealedBytes()).base64EncodedString()
        description =
            "scrypt$\(Self.rounds)$\(Self.blockSize)$1$\(Data(salt).base64EncodedString())$\(hashText)"
    }

    /// Whether this is the hash of that password.
    package func matches(_ password: Secret) throws -> Bool {
        try Self.hash(password, salt).isEqual(to: hash)
    }

    private static func hash(_ password: Secret, _ salt: [UInt8]) throws -> Secret {
        try password.withBytes { bytes in
            let key = try KDF.Scrypt.deriveKey(
                from: bytes,
                salt: salt,
                outputByteCount: hashLength,
                rounds: rounds,
                blockSize: blockSize,
                parallelism: 1
            )
            return Secret(key.withUnsafeBytes { Array($0) })
        }
    }
}
