import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Testing
import Vocabulary

@testable import WebSocketTransport

/// A WebSocket server on loopback that hands every connection to `serve`.
@discardableResult
private func withServer<Result: Sendable>(
    settings: WebSocketSettings = WebSocketSettings(),
    serve: @escaping @Sendable (WebSocketConnection) async throws -> Void,
    _ body: (_ url: String) async throws -> Result
) async throws -> Result {
    let (connections, continuation) = AsyncStream.makeStream(of: WebSocketConnection.self)
    let upgrader = NIOWebSocketServerUpgrader(
        maxFrameSize: 1 << 18,
        automaticErrorHandling: false,
        shouldUpgrade: { channel, head in
            channel.eventLoop.makeSucceededFuture(head.uri == "/no" ? nil : HTTPHeaders())
        },
        upgradePipelineHandler: { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                pipeline.removeHandler(try pipeline.handler(type: Refusing.self), promise: nil)
                continuation.yield(try .accepting(channel, settings: settings))
            }
        }
    )
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.configureHTTPServerPipeline(
                    withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in })
                )
                try pipeline.addHandler(Refusing())
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    let port = server.localAddress?.port ?? 0
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await withThrowingDiscardingTaskGroup { serving in
                for await connection in connections {
                    serving.addTask { try? await serve(connection) }
                }
            }
        }
        let result = try await body("ws://127.0.0.1:\(port)")
        try await server.close()
        continuation.finish()
        group.cancelAll()
        return result
    }
}

/// Answers what is not upgraded with 403 and a sentence.
private final class Refusing: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let body = ByteBuffer(string: "not for you")
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .forbidden,
            headers: ["content-length": "\(body.readableBytes)"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

@Sendable private func echo(_ connection: WebSocketConnection) async throws {
    for try await message in connection.inbound { try await connection.send(message) }
}

private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite("A connection over loopback", .timeLimit(.minutes(1)))
struct LoopbackTests {
    @Test func `messages come back as they were, up to the largest`() async throws {
        try await withServer(serve: echo) { url in
            try await WebSocketClient.connect(to: url, trust: .system, logger: logger) {
                connection in
                var iterator = connection.inbound.makeAsyncIterator()
                for message: WebSocketMessage in [
                    .text("grüß"), .binary(ByteBuffer()),
                    .binary(ByteBuffer(repeating: 7, count: 1 << 18)),
                ] {
                    try await connection.send(message)
                    #expect(try await iterator.next() == message)
                }
            }
        }
    }

    @Test func `a server that refuses is quoted`() async throws {
        try await withServer(serve: echo) { url in
            _ = await #expect(throws: WebSocketError.refused(status: 403, body: "not for you")) {
                try await WebSocketClient.connect(
                    to: url + "/no",
                    trust: .system,
                    logger: logger
                ) { _ in }
            }
        }
    }

    @Test func `nobody there is told`() async throws {
        let url = try await withServer(serve: echo) { $0 }
        let error = await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.connect(to: url, trust: .system, logger: logger) { _ in }
        }
        guard case .cannotConnect? = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
    }

    @Test func `a close of the peer ends the messages after the last one`() async throws {
        try await withServer(serve: { connection in
            try await connection.send(.text("bye"))
            await connection.close(code: .goingAway, reason: "because")
        }) { url in
            try await WebSocketClient.connect(to: url, trust: .system, logger: logger) {
                (connection) async throws -> Void in
                var iterator = connection.inbound.makeAsyncIterator()
                #expect(try await iterator.next() == .text("bye"))
                #expect(try await iterator.next() == nil)
                await #expect(throws: WebSocketError.self) {
                    while true { try await connection.send(.text("late")) }
                }
            }
        }
    }

    @Test func `a sender is held while the peer does not read, and all arrives`() async throws {
        let piece = ByteBuffer(repeating: 1, count: 100_000)
        let count = 300
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        try await withServer(serve: { connection in
            for await _ in gate { break }
            try await echo(connection)
        }) { url in
            try await WebSocketClient.connect(to: url, trust: .system, logger: logger) {
                connection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (stalls, stalled) = AsyncStream.makeStream(of: Int.self)
                    group.addTask {
                        for number in 0..<count {
                            try await connection.send(.binary(piece))
                            stalled.yield(number)
                        }
                    }
                    // Let it send a little, then open the gate: what it has sent by then is bounded
                    // by kernel buffers and ours, and everything still arrives.
                    for await number in stalls where number == 3 { break }
                    opened.yield()
                    var received = 0
                    var iterator = connection.inbound.makeAsyncIterator()
                    while received < count, let message = try await iterator.next() {
                        #expect(message == .binary(piece))
                        received += 1
                    }
                    #expect(received == count)
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `pings keep a quiet connection, whose peer answers them`() async throws {
        let settings = WebSocketSettings(
            pingInterval: .milliseconds(20),
            silence: .milliseconds(500)
        )
        try await withServer(
            settings: settings,
            serve: { connection in
                for try await message in connection.inbound { try await connection.send(message) }
            }
        ) { url in
            try await WebSocketClient.connect(
                to: url,
                trust: .system,
                settings: WebSocketSettings(pingInterval: nil),
                logger: logger
            ) { connection in
                try await connection.ping()
                try await connection.send(.text("still there"))
                var iterator = connection.inbound.makeAsyncIterator()
                #expect(try await iterator.next() == .text("still there"))
            }
        }
    }
}
