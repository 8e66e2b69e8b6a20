import APIFrontend
import AWSClient
import Certificates
import FoundationEssentials
import Glibc
import IAMService
import Logging
import RootKeys
import SQLiteStorage
import SSMService
import ServiceLifecycle
import Storage
import UnixSignals
import Vocabulary

/// A server on a data directory, from opening its storage to closing it.
struct DirectoryServer {
    let directory: DataDirectory
    let rootKey: String?
    let settings: ServeSettings
    let logger: Logger

    func run() async throws {
        let installation = try directory.installation()
        let root = try directory.rootKey(at: rootKey)
        let engines = try await openStorage()
        do {
            try await serve(installation, root, engines)
        } catch {
            await engines.close()
            throw error
        }
        await engines.close()
    }

    private func openStorage() async throws -> StorageEngines {
        do {
            return try await StorageEngines.sqlite(in: directory.path, logger: logger)
        } catch .unavailable(let reason) {
            throw Failure("\(directory.path) cannot be opened: \(reason).")
        } catch {
            throw Failure("\(directory.path) cannot be opened: \(error).")
        }
    }

    private func serve(
        _ installation: DataDirectory.Installation,
        _ root: RootKey,
        _ engines: StorageEngines
    ) async throws {
        let storeKey: StoreKey
        do {
            storeKey = try await StoreKey.open(in: engines.records, under: root)
        } catch let error as RootKeyError {
            throw Failure(error)
        }
        let assembly = ServerAssembly(engines: engines, storeKey: storeKey, logger: logger)
        let account = try AccountID(parsing: installation.account)
        try await assembly.iam.prepare(account: account)
        try await assembly.ssm.maintenance.prepare()
        let region = try Region(parsing: installation.region)
        let certificates = directory.certificates(under: root)
        let identity = try identity(certificates)
        var parts: [any Service] = [
            MaintenanceService(maintenance: assembly.logsMaintenance),
            SessionMaintenanceService(maintenance: assembly.ssm.maintenance),
            KeyDestructionService(destruction: assembly.keyDestruction), MemoryTrimming(),
            assembly.gateway,
        ]
        if settings.tlsFiles == nil {
            parts.append(
                CertificateRenewal(store: certificates, identity: identity, logger: logger)
            )
        }
        let server = assembly.server(
            APIServer.Settings(
                listeners: settings.listeners,
                identity: identity,
                account: account,
                homeRegion: region,
                regions: .only(Set([region] + settings.regions)),
                domain: installation.domain
            )
        ) { [directory, settings, logger] listeners in
            do {
                try Announcement(listeners, settings).publish(assembly.publicURL, in: directory)
            } catch {
                logger.error("the server's address could not be written: \(error)")
            }
        }
        defer { directory.removeRunningServer() }
        try await ServerRun(parts: parts + [server], logger: logger).untilStopped()
    }

    private func identity(_ certificates: CertificateStore) throws -> ServerIdentity {
        guard let files = settings.tlsFiles else {
            return try ServerIdentity(try certificates.serverCertificate())
        }
        return try ServerIdentity(
            chainPEM: String(decoding: try PrivateFile.read(files.certificate), as: UTF8.self),
            privateKeyPEM: String(decoding: try PrivateFile.read(files.key), as: UTF8.self)
        )
    }
}

/// Where a server that has just opened its listeners is.
struct Announcement: Sendable {
    let addresses: [String]
    let publicURL: String

    init(_ listeners: [BoundListener], _ settings: ServeSettings) {
        addresses = listeners.map(\.description)
        let first = listeners.first { $0.listener.scheme == .https } ?? listeners.first
        publicURL = settings.publicURL?.description ?? first.map(Self.reachable) ?? ""
    }

    /// Tells the parts of the server, whoever looks into the data directory, and whoever watches.
    func publish(_ url: PublicURL, in directory: DataDirectory?) throws {
        url.set(publicURL)
        try directory?.write(
            DataDirectory.RunningServer(
                listeners: addresses,
                publicURL: publicURL,
                pid: getpid()
            )
        )
        Terminal.printError("sekisho ready: \(addresses.joined(separator: " "))")
    }

    /// The address of a listener as somebody on this machine writes it: not that of all interfaces.
    private static func reachable(_ listener: BoundListener) -> String {
        switch listener.listener.host {
        case "0.0.0.0": "\(listener.listener.scheme.rawValue)://127.0.0.1:\(listener.port)"
        case "::": "\(listener.listener.scheme.rawValue)://[::1]:\(listener.port)"
        default: listener.description
        }
    }
}

/// The parts of a server, running until SIGTERM or SIGINT; the last one stops first.
struct ServerRun {
    let parts: [any Service]
    let logger: Logger

    /// A part under its type's name.
    ///
    /// The group writes each service out as text, which without a description is all that the server holds, secrets
    /// too, and half of the time that it takes to start.
    private struct Part: Service, CustomStringConvertible {
        let service: any Service

        var description: String { "\(type(of: service))" }

        func run() async throws { try await service.run() }
    }

    func untilStopped() async throws {
        var quiet = logger
        // The group's own steps are of interest to whoever debugs it.
        if quiet.logLevel > .debug { quiet.logLevel = .error }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: parts.map {
                    .init(
                        service: Part(service: $0),
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup
                    )
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        try await group.run()
    }
}
