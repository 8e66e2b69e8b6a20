import Crypto
import Encoding
package import Sealing
import Synchronization
import Vocabulary

/// The key that signs one day's requests to one service in one region.
///
/// Derived from the secret access key by four rounds of HMAC-SHA-256.
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package struct SigningKey: Sendable {
    private let key: SymmetricKey

    package init(secret: Secret, scope: CredentialScope) {
        var current = secret.withBytes { SymmetricKey(data: Array("AWS4".utf8) + $0) }
        for part in [scope.day, scope.region, scope.service, scope.terminator] {
            let code = HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: current)
            current = SymmetricKey(data: code)
        }
        key = current
    }

    /// The signature of a string to sign, as lower-case hexadecimal digits.
    package func signature(of stringToSign: String) -> String {
        Hex.text(
            of: HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: key)
        )
    }

    /// Whether `signature` is that of the string to sign, in a time that does not depend on where they differ.
    package func isValid(_ signature: [UInt8], of stringToSign: String) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            signature,
            authenticating: Array(stringToSign.utf8),
            using: key
        )
    }

    /// The key's bytes as hexadecimal digits, for tests against published vectors.
    func revealedHexadecimal() -> String { key.withUnsafeBytes { Hex.text(of: $0) } }
}

/// Remembers signing keys, since deriving one costs more than the rest of a verification.
///
/// Shared by all requests, so the table is in a lock; it holds `Limits.cachedSigningKeys` and is emptied
/// when it is full: keys change with the day, so that what is old leaves soon anyway.
package final class SigningKeyCache: Sendable {
    private struct Place: Hashable {
        let accessKeyID: String
        let scope: CredentialScope
    }

    private struct Entry {
        let secret: Secret
        let key: SigningKey
    }

    private let entries = Mutex<[Place: Entry]>([:])

    package init() {}

    package func key(accessKeyID: String, secret: Secret, scope: CredentialScope) -> SigningKey {
        let place = Place(accessKeyID: accessKeyID, scope: scope)
        let cached = entries.withLock { $0[place] }
        // The id alone is not trusted to name the secret: a deleted user's key id could come back in a test.
        if let cached, cached.secret.isEqual(to: secret) { return cached.key }
        let key = SigningKey(secret: secret, scope: scope)
        entries.withLock { entries in
            if entries.count >= Limits.cachedSigningKeys { entries.removeAll() }
            entries[place] = Entry(secret: secret, key: key)
        }
        return key
    }

    var count: Int { entries.withLock { $0.count } }
}
