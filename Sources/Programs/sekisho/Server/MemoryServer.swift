import APIFrontend
import Certificates
import IAMService
import Logging
import RootKeys
import SSMService
import Sealing
import ServiceLifecycle
import Storage
import Vocabulary

/// A server that keeps nothing: for tests and CI.
struct MemoryServer {
    let settings: ServeSettings
    let logger: Logger

    /// The one line of JSON on the standard output, when the credentials are not the caller's own.
    private struct Credentials: Encodable {
        let endpoint: String
        let listeners: [String]
        let accessKeyId: String
        let secretAccessKey: String
        let region: String
        let account: String
        /// The authority to trust, in PEM; only with an https listener.
        let caCertificatePEM: String?
    }

    func run() async throws {
        let entropy = SystemEntropy()
        let scope = Scope(
            account: try AccountID(parsing: "000000000000"),
            region: try Region(parsing: "us-east-1")
        )
        let storeKey = StoreKey(Secret(entropy.bytes(SealingKey.length)))
        let assembly = ServerAssembly(
            engines: .inMemory(),
            storeKey: storeKey,
            logger: logger
        )
        let given = settings.administrator
        let administrator = try await assembly.iam.bootstrapAdministrator(
            in: scope,
            accessKeyID: given?.accessKeyID,
            secretAccessKey: given?.secretAccessKey
        )
        let (identity, authorityPEM) = try identity(entropy)
        let server = assembly.server(
            APIServer.Settings(
                listeners: settings.listeners,
                identity: identity,
                account: scope.account,
                homeRegion: scope.region,
                regions: .any
            )
        ) { [settings, logger] listeners in
            do {
                let announcement = Announcement(listeners, settings)
                if given == nil {
                    try Terminal.print(
                        json: Credentials(
                            endpoint: announcement.publicURL,
                            listeners: announcement.addresses,
                            accessKeyId: administrator.accessKeyID,
                            secretAccessKey: administrator.secretAccessKey.revealedText(),
                            region: scope.region.description,
                            account: scope.account.description,
                            caCertificatePEM: authorityPEM
                        ),
                        onOneLine: true
                    )
                }
                try announcement.publish(assembly.publicURL, in: nil)
            } catch {
                logger.error("the server's address could not be printed: \(error)")
            }
        }
        let parts: [any Service] = [
            MaintenanceService(maintenance: assembly.logsMaintenance),
            SessionMaintenanceService(maintenance: assembly.ssm.maintenance),
            KeyDestructionService(destruction: assembly.keyDestruction), MemoryTrimming(),
            assembly.gateway,
            server,
        ]
        try await ServerRun(parts: parts, logger: logger).untilStopped()
    }

    /// A certificate of an authority that lives as long as the process, when there is something to show it on.
    private func identity(
        _ entropy: some Entropy
    ) throws -> (identity: ServerIdentity?, authorityPEM: String?) {
        guard settings.listeners.contains(where: { $0.scheme == .https }) else { return (nil, nil) }
        if let files = settings.tlsFiles {
            let identity = try ServerIdentity(
                chainPEM: String(decoding: try PrivateFile.read(files.certificate), as: UTF8.self),
                privateKeyPEM: String(decoding: try PrivateFile.read(files.key), as: UTF8.self)
            )
            return (identity, nil)
        }
        let now = SystemClock().now()
        let authority = try CertificateAuthority(
            name: "Sekisho CA in memory",
            now: now,
            entropy: entropy
        )
        let names = try settings.listeners.compactMap { listener -> CertificateName? in
            ["0.0.0.0", "::"].contains(listener.host)
                ? nil : try CertificateName(parsing: listener.host)
        }
        let leaf = try authority.issue(
            for: CertificateName.loopback + names.filter { !CertificateName.loopback.contains($0) },
            now: now,
            entropy: entropy
        )
        return (try ServerIdentity(leaf), try authority.certificatePEM)
    }
}
