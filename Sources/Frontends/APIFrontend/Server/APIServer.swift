package import Certificates
import Glibc
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
package import ServiceKit
import ServiceLifecycle
import Synchronization
package import Vocabulary

/// The server of AWS's protocols and of the gateway's websockets, on as many listeners as asked for.
///
/// A `Service`: `run` listens until the task is cancelled, or drains when its lifecycle ends gracefully:
/// no new connections, calls under way are finished, websockets are told that the server goes away.
///
/// ```swift
/// let server = APIServer(
///     settings: APIServer.Settings(listeners: [try Listener(parsing: "https://127.0.0.1:8443")], …),
///     services: [kms, logs, iam, sts, ssm], credentials: iam, nodeKeys: ssm, audit: trail,
///     gateway: GatewayDoor(webSocket: gateway.serve, channelPost: gateway.post), logger: logger)
/// ```
package struct APIServer: Service {
    package struct Settings: Sendable {
        package var listeners: [Listener]
        /// What https listeners show; it may be replaced while the server runs.
        package var identity: ServerIdentity?
        /// The account of this installation, in which nodes are known and anonymous calls are made.
        package var account: AccountID
        package var homeRegion: Region
        package var regions: ServedRegions
        /// The domain under which host names are `SERVICE.REGION.DOMAIN`.
        package var domain: String?
        /// What bodies of requests may take of the memory, on all listeners together.
        package var bodies: BodyBudget

        package init(
            listeners: [Listener],
            identity: ServerIdentity? = nil,
            account: AccountID,
            homeRegion: Region,
            regions: ServedRegions,
            domain: String? = nil,
            bodies: BodyBudget = BodyBudget()
        ) {
            self.listeners = listeners
            self.identity = identity
            self.account = account
            self.homeRegion = homeRegion
            self.regions = regions
            self.domain = domain
            self.bodies = bodies
        }
    }

    private let settings: Settings
    private let doorman: Doorman
    private let recorder: CallRecorder
    private let gateway: GatewayDoor?
    private let readiness: Readiness
    private let logger: Logger

    /// Makes a server; `onReady` is told the addresses once all listeners are open.
    package init(
        settings: Settings,
        services: [any AWSService],
        credentials: any CredentialPort,
        nodeKeys: any NodeKeyPort,
        audit: AuditTrail,
        gateway: GatewayDoor? = nil,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy(),
        metrics: Metrics = Metrics(),
        logger: Logger,
        onReady: @escaping @Sendable ([BoundListener]) async -> Void = { _ in }
    ) {
        let authenticator = Authenticator(
            account: settings.account,
            homeRegion: settings.homeRegion,
            regions: settings.regions,
            credentials: credentials,
            nodeKeys: nodeKeys
        )
        let recorder = CallRecorder(
            trail: audit,
            home: Scope(account: settings.account, region: settings.homeRegion),
            clock: clock,
            entropy: entropy,
            metrics: metrics,
            logger: logger
        )
        let calls = CallHandler(
            directory: ServiceDirectory(services),
            authenticator: authenticator,
            domain: settings.domain,
            recorder: recorder,
            clock: clock,
            entropy: entropy,
            metrics: metrics,
            logger: logger
        )
        let channels = gateway.map { gateway in
            ChannelHandler(
                authenticator: authenticator,
                recorder: recorder,
                clock: clock,
                entropy: entropy,
                metrics: metrics,
                logger: logger,
                post: gateway.channelPost
            )
        }
        let readiness = Readiness(awaited: settings.listeners.count, onReady: onReady)
        self.settings = settings
        self.gateway = gateway
        self.recorder = recorder
        self.readiness = readiness
        self.logger = logger
        doorman = Doorman(calls: calls, channels: channels, metrics: metrics) {
            readiness.isReached
        }
    }

    package func run() async throws {
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { await recorder.run() }
                defer { group.cancelAll() }
                try await listen()
            }
        } catch {
            await recorder.writeSummaries()
            throw error
        }
        await recorder.writeSummaries()
    }

    private func listen() async throws {
        let maximum = Self.connectionsPerListener(settings.listeners.count)
        try await withThrowingTaskGroup { group in
            for (index, listener) in settings.listeners.enumerated() {
                let server = try server(for: listener, at: index, maximum: maximum)
                group.addTask {
                    do {
                        try await server.run()
                    } catch let error as IOError {
                        throw ListenerError.cannotListen(
                            listener.description,
                            reason: String(cString: strerror(error.errnoCode))
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func server(
        for listener: Listener,
        at index: Int,
        maximum: Int
    ) throws -> any Service {
        let channel = ConnectionChannel(
            exchange: HTTPExchange(
                doorman: doorman,
                budget: settings.bodies,
                isSecureTransport: listener.scheme == .https
            ),
            gateway: gateway
        )
        let configuration = ServerConfiguration(
            address: .hostname(listener.host, port: listener.port),
            backlog: Int(SOMAXCONN),
            availableConnectionsDelegate: MaximumAvailableConnections(maximum, logger: logger)
        )
        let onServerRunning: @Sendable (any Channel) async -> Void = { [readiness] channel in
            let port = channel.localAddress?.port ?? listener.port
            await readiness.reached(index, listener.bound(to: port))
        }
        guard listener.scheme == .https else {
            return channel.server(
                configuration: configuration,
                onServerRunning: onServerRunning,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger
            )
        }
        guard let identity = settings.identity else {
            throw ListenerError.noIdentity(listener.description)
        }
        return try TLSChannel(channel, tlsConfiguration: identity.tlsConfiguration()).server(
            configuration: configuration,
            onServerRunning: onServerRunning,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
    }

    /// How many connections a listener takes; more wait in the system's queue.
    ///
    /// Bounded by the files that the process may open, since accepting past that would end the listener. The
    /// soft limit, often 1,024, is raised to the hard one first.
    private static func connectionsPerListener(_ listeners: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var files = rlimit()
        guard getrlimit(resource, &files) == 0 else { return Limits.reservedFiles }
        let raised = rlimit(rlim_cur: files.rlim_max, rlim_max: files.rlim_max)
        if withUnsafePointer(to: raised, { setrlimit(resource, $0) }) == 0 { files = raised }
        let usable = Int(clamping: files.rlim_cur) - Limits.reservedFiles
        return max(Limits.reservedFiles, min(Limits.openConnections, usable)) / max(1, listeners)
    }
}

/// Knows when the last listener is open.
///
/// A class, since listeners and requests share it.
private final class Readiness: Sendable {
    private let bound: Mutex<[Int: BoundListener]>
    private let awaited: Int
    private let onReady: @Sendable ([BoundListener]) async -> Void

    init(awaited: Int, onReady: @escaping @Sendable ([BoundListener]) async -> Void) {
        self.awaited = awaited
        self.onReady = onReady
        bound = Mutex([:])
    }

    var isReached: Bool { bound.withLock { $0.count == awaited } }

    func reached(_ index: Int, _ listener: BoundListener) async {
        let all = bound.withLock { bound in
            bound[index] = listener
            return bound.count == awaited ? bound : nil
        }
        guard let all else { return }
        await onReady(all.sorted { $0.key < $1.key }.map(\.value))
    }
}
