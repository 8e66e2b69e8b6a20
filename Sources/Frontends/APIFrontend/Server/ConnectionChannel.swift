import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOWebSocket
import ServiceKit
import ServiceLifecycle
import SigV4
import Synchronization
import Vocabulary
import WebSocketTransport

/// A websocket that was admitted, with what the gateway needs to know of its request.
struct AdmittedWebSocket: Sendable {
    let connection: WebSocketConnection
    let path: String
    let query: String
    let context: OperationContext?
}

/// One connection: HTTP requests one after another, or, if the first one asks for it, a websocket.
struct ConnectionChannel: ServerChildChannel {
    enum Outcome: Sendable {
        /// With the answer to the first request, if it asked for a websocket and was refused.
        case http(HTTPExchange.Connection, refusal: Answer?)
        case webSocket(AdmittedWebSocket)
    }

    struct Value: ServerChildChannelValue {
        let outcome: EventLoopFuture<Outcome>
        let channel: any Channel
    }

    /// Carries the filter's verdict on an upgrade to where it is carried out or answered.
    ///
    /// It is reached once: a second look could come to another one, and a peer that is gone meanwhile would never be
    /// recorded.
    private final class Ticket: Sendable {
        private let verdict = Mutex<ChannelHandler.Admission?>(nil)

        func issue(_ admission: ChannelHandler.Admission) {
            verdict.withLock { $0 = admission }
        }

        var context: OperationContext? {
            verdict.withLock { if case .accepted(let context, _) = $0 { context } else { nil } }
        }

        var refusal: Answer? {
            verdict.withLock { if case .refused(let answer) = $0 { answer } else { nil } }
        }
    }

    let exchange: HTTPExchange
    let gateway: GatewayDoor?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let ticket = Ticket()
            let upgrader = NIOTypedWebSocketServerUpgrader<Outcome>(
                maxFrameSize: Limits.webSocketFrameBytes,
                enableAutomaticErrorHandling: false,
                // The filter has decided; refusing here would lose the request.
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        let request = SignableRequest(head)
                        return .webSocket(
                            AdmittedWebSocket(
                                connection: try WebSocketConnection.accepting(channel),
                                path: ChannelPath(request.path)?.path ?? request.path,
                                query: request.query,
                                context: ticket.context
                            )
                        )
                    }
                }
            )
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration<Outcome>(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            .http(try Self.configureHTTP(channel), refusal: ticket.refusal)
                        }
                    }
                )
            )
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            configuration.decoderConfiguration.maxHeaderListSize = Limits.requestHeaderBytes
            configuration.decoderConfiguration.maxHeaderFieldSize = Limits.requestHeaderBytes
            configuration.decoderConfiguration.maxHeaderFieldCount = Limits.requestHeaderCount
            let pipeline = channel.pipeline.syncOperations
            let outcome = try pipeline.configureUpgradableHTTPServerPipeline(
                configuration: configuration
            )
            let upgradeHandler = try pipeline.handler(
                type: NIOTypedHTTPServerUpgradeHandler<Outcome>.self
            )
            try pipeline.addHandler(filter(for: ticket), position: .before(upgradeHandler))
            return Value(outcome: outcome, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await withTaskCancellationHandler {
                await handle(value)
            } onCancel: {
                value.channel.close(promise: nil)
            }
        }
    }

    private func handle(_ value: Value) async {
        // A connection that ends before its first request has no outcome, and needs nothing more.
        guard let outcome = try? await value.outcome.get() else { return }
        switch outcome {
        case .http(let connection, let refusal):
            await exchange.serve(connection, firstAnswer: refusal)
        case .webSocket(let socket):
            await serve(socket)
        }
    }

    private static func configureHTTP(_ channel: any Channel) throws -> HTTPExchange.Connection {
        try channel.pipeline.syncOperations.addHandler(ConnectionTimeouts())
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: NIOAsyncChannel.Configuration(
                // Parts that were read and not yet taken: a whole brief call, and of a large body little.
                backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
                isOutboundHalfClosureEnabled: true
            )
        )
    }

    private func filter(for ticket: Ticket) -> UpgradeFilter {
        let channels = exchange.doorman.channels
        return UpgradeFilter { path in
            channels != nil && ChannelPath(path) != nil
        } admission: { [exchange] channel, head in
            let request = SignableRequest(head)
            guard let channels, let path = ChannelPath(request.path) else {
                return channel.eventLoop.makeSucceededFuture(false)
            }
            let incoming = IncomingRequest(
                head: request,
                body: [],
                sourceAddress: PeerAddress.text(of: channel.remoteAddress),
                isSecureTransport: exchange.isSecureTransport
            )
            return channel.eventLoop.makeFutureWithTask {
                // The request goes on as an ordinary one if it is refused, for its answer to be sent.
                let admission = await channels.admitWebSocket(incoming, path)
                ticket.issue(admission)
                guard case .accepted = admission else { return false }
                return true
            }
        }
    }

    /// Hands the websocket to the gateway; when the server stops, both sides are told so.
    private func serve(_ socket: AdmittedWebSocket) async {
        guard let gateway else { return }
        let metrics = exchange.doorman.metrics
        metrics.webSocketOpened()
        defer { metrics.webSocketClosed() }
        await withTaskGroup { group in
            group.addTask {
                // Throws when the websocket ends first, which leaves nothing to do.
                guard (try? await gracefulShutdown()) != nil else { return }
                await socket.connection.close(code: .goingAway, reason: "the server is stopping")
            }
            await gateway.webSocket(socket.path, socket.query, socket.connection, socket.context)
            await socket.connection.close()
            group.cancelAll()
        }
    }
}
