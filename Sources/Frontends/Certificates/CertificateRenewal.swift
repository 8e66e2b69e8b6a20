package import Logging
import ServiceLifecycle
import Vocabulary

/// Renews the server's certificate while the server runs, so that nobody has to restart it for that.
package struct CertificateRenewal: Service {
    private let store: CertificateStore
    private let identity: ServerIdentity
    private let logger: Logger

    package init(store: CertificateStore, identity: ServerIdentity, logger: Logger) {
        self.store = store
        self.identity = identity
        self.logger = logger
    }

    /// Looks every hour until it is told to stop.
    ///
    /// What fails is tried again an hour later: a month is left.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Limits.certificateCheckInterval)) != nil {
                do {
                    try identity.replace(with: try store.serverCertificate())
                } catch {
                    logger.error(
                        "the server certificate could not be renewed",
                        metadata: ["reason": "\(error)"]
                    )
                }
            }
        }
    }
}
