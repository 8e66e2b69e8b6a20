import Crypto
import CryptoExtras
import FoundationEssentials
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

    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes (session-protocol 1.2).
    package func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: SHA256.hash(data: bytes), padding: .PSS).rawRepresentation)
    }

    func store(in directory: StateDirectory) throws(AgentFailure) {
        try directory.write(Self.file, Array(key.pemRepresentation.utf8))
    }

    /// The key of this node.
    package static func load(from directory: StateDirectory) throws(AgentFailure) -> NodeKey {
        guard let bytes = try directory.readPrivate(file) else {
            throw AgentFailure("\(directory.path)/\(file) is missing; register this node anew.")
        }
        do {
            return try NodeKey(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            // The error might quote the file; say nothing of it.
            throw AgentFailure("\(directory.path)/\(file) is damaged; register this node anew.")
        }
    }
}
