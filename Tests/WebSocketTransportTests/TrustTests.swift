import FoundationEssentials
import Logging
import NIOCore
import NIOSSL
import Testing
import Vocabulary
import X509

@testable import WebSocketTransport

@Suite("Whom a client believes", .timeLimit(.minutes(1)))
struct TrustTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Sends one message to a server with these names and returns what came back.
    private func echoed(
        by names: [GeneralName],
        host: String,
        serve: @escaping @Sendable (WebSocketConnection) async throws -> Void = echo,
        trusting trust: (TestAuthority, _ file: String) -> TrustRoots = { .file($1) }
    ) async throws -> WebSocketMessage? {
        let authority = try TestAuthority()
        let file =
            FileManager.default.temporaryDirectory.path + "/ca-"
            + SystemEntropy().hexDigits(16) + ".pem"
        try Data(authority.pem.utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let roots = trust(authority, file)
        return try await withServer(tls: try authority.server(names), serve: serve) { port in
            try await WebSocketClient.connect(
                to: "wss://\(host):\(port)/",
                trust: roots,
                logger: Self.quiet
            ) { connection in
                var iterator = connection.inbound.makeAsyncIterator()
                try await connection.send(.text("hello"))
                return try await iterator.next()
            }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", [TestAuthority.loopback]), ("localhost", [GeneralName.dnsName("localhost")]),
    ])
    func `a certificate that names the host, or holds its address, is believed`(
        host: String,
        names: [GeneralName]
    ) async throws {
        #expect(try await echoed(by: names, host: host) == .text("hello"))
    }

    @Test(arguments: [
        ("127.0.0.1", [GeneralName.dnsName("localhost")]),
        ("localhost", [GeneralName.dnsName("other.internal")]),
    ])
    func `a certificate for another host is not`(host: String, names: [GeneralName]) async throws {
        await #expect(throws: WebSocketError.self) { try await echoed(by: names, host: host) }
    }

    /// A session's end was recorded five seconds late, since the gateway waited for TLS's own goodbye.
    @Test func `a connection that both ends have left is over at once`() async throws {
        let (durations, continuation) = AsyncStream.makeStream(of: Duration.self)
        let serve: @Sendable (WebSocketConnection) async throws -> Void = { connection in
            try await echo(connection)
            let left = ContinuousClock.now
            await connection.close()
            continuation.yield(ContinuousClock.now - left)
        }
        _ = try await echoed(by: [TestAuthority.loopback], host: "127.0.0.1", serve: serve)
        let duration = try #require(await durations.first { _ in true })
        #expect(duration < Limits.webSocketCloseTimeout)
    }

    @Test func `a certificate of an authority that is not trusted is not`() async throws {
        await #expect(throws: WebSocketError.self) {
            try await echoed(
                by: [TestAuthority.loopback],
                host: "127.0.0.1",
                trusting: { _, _ in .system }
            )
        }
    }

    @Test func `a file of roots that is missing is told, not replaced by others`() async throws {
        await #expect(throws: WebSocketError.self) {
            try await echoed(
                by: [TestAuthority.loopback],
                host: "127.0.0.1",
                trusting: { _, _ in .file("/nonexistent/ca.pem") }
            )
        }
    }
}
