import APIFrontend
import Gateway
import IAMService
import KMSService
import Logging
import LogsService
import RootKeys
import SSMService
import Sealing
import ServiceKit
import ServiceLifecycle
import Storage
import Synchronization
import Vocabulary

/// Everything that one server consists of, wired: storage below, services in the middle, doors above.
///
/// The only place where a concrete store meets a concrete service, and one service meets another.
struct ServerAssembly: Sendable {
    let iam: IAMService
    let services: [any AWSService]
    let logsMaintenance: LogsMaintenance
    let keyDestruction: KeyDestruction
    let gateway: Gateway
    let ssm: SSMService
    let audit: AuditTrail
    let publicURL: PublicURL

    private let clock: any WallClock
    private let entropy: any Entropy
    private let logger: Logger

    init(
        engines: StorageEngines,
        storeKey: StoreKey,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy(),
        logger: Logger
    ) {
        let store = RecordStore(
            records: engines.records,
            key: storeKey.key(for: .records),
            entropy: entropy
        )
        let pageTokens = PageTokens(
            key: storeKey.key(for: .pageTokens),
            clock: clock,
            entropy: entropy
        )
        let publicURL = PublicURL()
        let iam = IAMService(
            store: store,
            sealingKey: storeKey.key(for: .sessionTokens),
            pageTokens: pageTokens,
            clock: clock,
            entropy: entropy,
            logger: logger
        )
        let kms = KMSService(
            store: store,
            materialKey: storeKey.key(for: .keyMaterial),
            authorizer: iam,
            principals: iam,
            pageTokens: pageTokens,
            clock: clock,
            entropy: entropy,
            logger: logger
        )
        let logs = LogsService(
            store: store,
            log: engines.log,
            blobs: engines.blobs,
            serviceKey: storeKey.key(for: .logs),
            keys: kms,
            authorizer: iam,
            pageTokens: pageTokens,
            clock: clock,
            entropy: entropy,
            logger: logger
        )
        let registry = NodeRegistry(clock: clock, entropy: entropy)
        let ssm = SSMService(
            store: store,
            sealingKey: storeKey.key(for: .channelTokens),
            authorizer: iam,
            roles: iam,
            nodes: registry,
            pageTokens: pageTokens,
            publicURL: { publicURL.value },
            clock: clock,
            entropy: entropy,
            logger: logger
        )
        self.iam = iam
        self.ssm = ssm
        self.publicURL = publicURL
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
        services = [iam.iam, iam.sts, kms, logs, ssm, ssm.messageDelivery]
        logsMaintenance = logs.maintenance
        keyDestruction = kms.destruction
        audit = AuditTrail(store: store)
        gateway = Gateway(
            registry: registry,
            directory: ssm,
            clock: clock,
            entropy: entropy,
            logger: logger
        )
    }

    /// The door in front of it all.
    func server(
        _ settings: APIServer.Settings,
        onReady: @escaping @Sendable ([BoundListener]) async -> Void
    ) -> APIServer {
        APIServer(
            settings: settings,
            services: services,
            credentials: iam,
            nodeKeys: ssm,
            audit: audit,
            gateway: GatewayDoor(webSocket: gateway.serve, channelPost: gateway.post),
            clock: clock,
            entropy: entropy,
            logger: logger,
            onReady: onReady
        )
    }
}

/// The address that people and nodes reach the server at; known once the listeners are open.
///
/// A class, since who is told it and who tells it share it.
final class PublicURL: Sendable {
    private let text = Mutex("")

    var value: String { text.withLock { $0 } }

    func set(_ url: String) { text.withLock { $0 = url } }
}

/// The ends of sessions that nobody reports, and their history, as a part of the server.
struct SessionMaintenanceService: Service {
    let maintenance: SSMMaintenance

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await maintenance.run() }
    }
}

/// The work behind the log store, as a part of the server.
struct MaintenanceService: Service {
    let maintenance: LogsMaintenance

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await maintenance.run() }
    }
}

/// The end of keys whose waiting period is over, as a part of the server.
struct KeyDestructionService: Service {
    let destruction: KeyDestruction

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await destruction.run() }
    }
}
