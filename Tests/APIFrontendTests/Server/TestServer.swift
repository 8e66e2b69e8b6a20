import Certificates
import FoundationEssentials
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceKit
import ServiceLifecycle
import SigV4
import Testing
import Vocabulary
import WebSocketTransport

@testable import APIFrontend

/// A server on loopback ports of the system's choice, for as long as a closure runs.
struct TestServer: Sendable {
    let plain: BoundListener
    let secure: BoundListener
    let metrics: Metrics
    /// The file with the certificate to trust.
    let authorityFile: String
    let group: ServiceGroup

    /// Serves websockets by sending back what comes, after who opened it.
    static let echo = GatewayDoor(
        webSocket: { path, query, connection, context in
            do {
                let caller = context?.principal.displayName ?? "nobody"
                try await connection.send(.text("\(caller) \(path) \(query)"))
                for try await message in connection.inbound { try await connection.send(message) }
            } catch {
                // The peer is gone, which ends this echo.
                return
            }
        },
        channelPost: { path, body, context in
            (200, "application/json", "\(context.principal.displayName) \(path) \(body.count)")
        }
    )

    static func run(
        bench: FrontendBench,
        credentials: (any CredentialPort)? = nil,
        bodies: BodyBudget = BodyBudget(),
        secureListener: String = "https://127.0.0.1:0",
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let now = Date()
        let authority = try CertificateAuthority(name: "test", now: now, entropy: SystemEntropy())
        let leaf = try authority.issue(
            for: CertificateName.loopback,
            now: now,
            entropy: SystemEntropy()
        )
        let file = FileManager.default.temporaryDirectory
            .appending(path: "sekisho-test-\(UUID().uuidString).pem")
        try Data(try authority.certificatePEM.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (ready, continuation) = AsyncStream<[BoundListener]>.makeStream()
        let server = APIServer(
            settings: APIServer.Settings(
                listeners: [
                    try Listener(parsing: "http://127.0.0.1:0"),
                    try Listener(parsing: secureListener),
                ],
                identity: try ServerIdentity(leaf),
                account: bench.account,
                homeRegion: bench.home,
                regions: bench.regions,
                domain: bench.domain,
                bodies: bodies
            ),
            services: FakeService.all,
            credentials: credentials ?? FakeCredentials(account: bench.account),
            nodeKeys: bench.nodeKeys,
            audit: bench.audit,
            gateway: echo,
            metrics: bench.metrics,
            logger: logger,
            onReady: { listeners in
                continuation.yield(listeners)
                continuation.finish()
            }
        )
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            for await listeners in ready {
                let test = TestServer(
                    plain: listeners[0],
                    secure: listeners[1],
                    metrics: bench.metrics,
                    authorityFile: file.path,
                    group: group
                )
                try await body(test)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// A connection to the plain listener, or with TLS to the other one.
    func connect(secure isSecure: Bool = false) async throws -> RawConnection {
        let context = try isSecure ? tlsContext() : nil
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: isSecure ? secure.port : plain.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return RawConnection(channel: channel)
    }

    private func tlsContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMFile(authorityFile)
        )
        return try NIOSSLContext(configuration: configuration)
    }
}

/// A socket on which a test says exactly what it wants.
struct RawConnection: Sendable {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Sends all of `parts`, then reads until `isEnough` or until the server closes.
    func exchange(
        _ parts: [String],
        until isEnough: @Sendable @escaping (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            for part in parts { try await outbound.write(ByteBuffer(string: part)) }
            var text = ""
            for try await buffer in inbound {
                text += String(buffer: buffer)
                if isEnough(text) { break }
            }
            return text
        }
    }
}

extension IncomingRequest {
    /// The request as bytes of HTTP/1.1.
    var wire: String {
        let query = head.query.isEmpty ? "" : "?\(head.query)"
        let fields = head.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return "\(head.method) \(head.path)\(query) HTTP/1.1\r\n\(fields)"
            + "content-length: \(body.count)\r\n\r\n" + String(decoding: body, as: UTF8.self)
    }
}
