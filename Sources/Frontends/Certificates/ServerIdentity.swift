import NIOCore
package import NIOSSL
import Synchronization

/// What the server shows in TLS handshakes, replaceable while it runs.
///
/// A class, since it is the identity that all listeners share: connections that stand keep the certificate
/// they were made with, new ones get the newest.
package final class ServerIdentity: Sendable {
    private struct Material: Sendable {
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKeySource
    }

    private let current: Mutex<Material>

    package init(_ issued: IssuedCertificate) throws {
        current = Mutex(try Self.material(issued.certificatePEM, issued.privateKeyPEM))
    }

    /// An identity of the operator's own: a certificate, followed by its intermediates, and its key.
    package init(chainPEM: String, privateKeyPEM: String) throws {
        current = Mutex(try Self.material(chainPEM, privateKeyPEM))
    }

    /// Shows `issued` from the next handshake on.
    package func replace(with issued: IssuedCertificate) throws {
        let material = try Self.material(issued.certificatePEM, issued.privateKeyPEM)
        current.withLock { $0 = material }
    }

    /// The configuration for listeners: TLS 1.2 or newer, HTTP/1.1, this identity.
    package func tlsConfiguration() -> TLSConfiguration {
        let material = current.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: material.chain,
            privateKey: material.key
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.sslContextCallback = { [self] _, promise in
            let newest = current.withLock { $0 }
            var override = NIOSSLContextConfigurationOverride.noChanges
            override.certificateChain = newest.chain
            override.privateKey = newest.key
            promise.succeed(override)
        }
        return configuration
    }

    private static func material(_ chain: String, _ key: String) throws -> Material {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8))
            let privateKey = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
            guard let leaf = certificates.first else {
                throw CertificateError.unreadable("The certificate file holds no certificate.")
            }
            try requireMatch(leaf, privateKey)
            return Material(
                chain: certificates.map { .certificate($0) },
                key: .privateKey(privateKey)
            )
        } catch let error as CertificateError {
            throw error
        } catch {
            throw CertificateError.unreadable(
                "The certificate or its key is not readable PEM: give the two files unencrypted."
            )
        }
    }

    /// BoringSSL compares the two when a context is made, so that a wrong pair is told at start and not at
    /// the first handshake.
    private static func requireMatch(_ leaf: NIOSSLCertificate, _ key: NIOSSLPrivateKey) throws {
        let pair = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(leaf)],
            privateKey: .privateKey(key)
        )
        guard (try? NIOSSLContext(configuration: pair)) != nil else {
            throw CertificateError.keyDoesNotMatch
        }
    }
}
