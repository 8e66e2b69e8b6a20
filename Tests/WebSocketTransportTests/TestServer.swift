import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

@testable import WebSocketTransport

/// A WebSocket server on loopback that hands every connection to `serve`.
@discardableResult
func withServer<Result: Sendable>(
    settings: WebSocketSettings = WebSocketSettings(),
    tls: NIOSSLContext? = nil,
    serve: @escaping @Sendable (WebSocketConnection) async throws -> Void,
    _ body: (_ port: Int) async throws -> Result
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
        // As Hummingbird's server has it.
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
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
        let result = try await body(port)
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

/// Sends back whatever comes.
@Sendable func echo(_ connection: WebSocketConnection) async throws {
    for try await message in connection.inbound { try await connection.send(message) }
}
