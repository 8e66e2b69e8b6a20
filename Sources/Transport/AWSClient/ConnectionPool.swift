import AsyncHTTPClient
import NIOCore
import NIOSSL
import Vocabulary

/// The connections of one client and its copies.
///
/// A class, for it is the identity of a resource: AsyncHTTPClient wants to be shut down before it goes, and
/// this does so when the last client that uses it is gone.
final class ConnectionPool: Sendable {
    let http: HTTPClient

    init(trust: TrustRoots) throws(AWSClientError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if case .file(let path) = trust {
            do {
                // Read now, so that a wrong path is told here and not as a failed handshake.
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            } catch {
                throw .transport(
                    "The CA file \(path) cannot be read as PEM certificates: name a readable one."
                )
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(Limits.clientConnectTimeout)),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // A failed connection is told at once, with its own reason; `RetryPolicy` decides whether to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // Idle connections close in the background; the client keeps itself alive until they have.
        http.shutdown { _ in }
    }
}
