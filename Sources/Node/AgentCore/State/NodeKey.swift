import CryptoExtras
import FoundationEssentials
import SigV4
import Vocabulary

/// The node's RSA key of 2048 bits: its public half registers it, its private half fetches credentials.
///
/// It has no description. The private half leaves only into its file, mode 0600 as the stock agent's.
package struct NodeKey: Sendable {
    private let key: _RSA.Signing.PrivateKey

    static let file = "private-key.pem"

    /// Makes a new one.
    package init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    init(pem: String) throws {
        key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
    }

    /// The DER SubjectPublicKeyInfo in base64, as `PublicKey` of RegisterManagedInstance.
    package var publicKeyText: String { key.publicKey.derRepresentation.base64EncodedString() }

    /// Signs a SigV4 string to sign (session-protocol 1.4).
    package func signature(of stringToSign: String) throws -> String {
        try NodeKeySignature.sign(stringToSign, with: key)
    }

    func store(
        in directory: StateDirectory,
        as file: String = Self.file
    ) throws(AgentFailure) {
        try directory.write(file, Array(key.pemRepresentation.utf8))
    }

    /// The key of this node.
    package static func load(
        from directory: StateDirectory,
        as file: String = Self.file
    ) throws(AgentFailure) -> NodeKey {
        guard let bytes = try directory.readPrivate(file) else {
            throw AgentFailure(
                "\(directory.path)/\(file) is missing: \(AgentFailure.registerAnew)."
            )
        }
        do {
            return try NodeKey(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            // The error might quote the file; say nothing of it.
            throw AgentFailure(
                "\(directory.path)/\(file) is damaged: \(AgentFailure.registerAnew)."
            )
        }
    }
}
