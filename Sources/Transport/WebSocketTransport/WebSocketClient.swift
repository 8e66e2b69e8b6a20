package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
package import Vocabulary

/// Dials a WebSocket server.
package enum WebSocketClient {
    /// Connects, gives the connection to `body`, and closes it when that returns or throws.
    ///
    /// `url` may be `wss://`, or `ws://` for this machine only. The server's certificate must chain to
    /// `trust` and name the host (or, for an address, hold it as an IP entry). Throws `WebSocketError`
    /// when there is no connection, and otherwise what `body` throws.
    package static func connect<Result>(
        to url: String,
        headers: [(String, String)] = [],
        trust: TrustRoots,
        settings: WebSocketSettings = WebSocketSettings(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger,
        _ body: (WebSocketConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await open(
            url,
            headers: headers,
            trust: trust,
            settings: settings,
            on: group,
            logger: logger
        )
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close(code: .goingAway)
            throw error
        }
    }

    /// Connects; the caller closes the connection.
    package static func open(
        _ url: String,
        headers: [(String, String)] = [],
        trust: TrustRoots,
        settings: WebSocketSettings = WebSocketSettings(),
        on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger
    ) async throws(WebSocketError) -> WebSocketConnection {
        let address = try WebSocketURL(parsing: url)
        logger.debug("dialling", metadata: ["host": "\(address.hostHeader)"])
        do {
            let tls = address.isSecure ? try context(trust) : nil
            let upgrade = try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(Limits.webSocketConnectTimeout))
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try install(
                            on: channel,
                            tls: tls,
                            address: address,
                            headers: headers,
                            settings: settings
                        )
                    }
                }
            return try await upgrade.get()
        } catch let error as WebSocketError {
            throw error
        } catch {
            throw .cannotConnect(String(describing: error))
        }
    }

    private static func context(_ trust: TrustRoots) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        switch trust {
        case .system: configuration.trustRoots = .default
        case .file(let path): configuration.trustRoots = .file(path)
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func install(
        on channel: any Channel,
        tls: NIOSSLContext?,
        address: WebSocketURL,
        headers: [(String, String)],
        settings: WebSocketSettings
    ) throws -> EventLoopFuture<WebSocketConnection> {
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            // With a name, the certificate must hold the name; without one, the address dialled.
            let isAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
            let name = isAddress ? nil : address.host
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
        }
        let encoder = HTTPRequestEncoder()
        let decoder = ByteToMessageHandler(
            HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes)
        )
        let observer = UpgradeObserver(timeout: Limits.webSocketHandshakeTimeout)
        let upgrader = NIOTypedWebSocketClientUpgrader(
            maxFrameSize: Limits.webSocketFrameBytes,
            enableAutomaticErrorHandling: false,
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try WebSocketConnection.adopting(channel, as: .client, settings: settings)
                }
            }
        )
        var fields = HTTPHeaders(headers)
        fields.replaceOrAdd(name: "host", value: address.hostHeader)
        let handler = NIOTypedHTTPClientUpgradeHandler(
            httpHandlers: [encoder, decoder, observer],
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: HTTPRequestHead(
                    version: .http1_1,
                    method: .GET,
                    uri: address.target,
                    headers: fields
                ),
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeFailedFuture(
                        WebSocketError.cannotConnect(
                            "the server's upgrade does not fit our request"
                        )
                    )
                }
            )
        )
        try pipeline.addHandler(encoder)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(observer)
        try pipeline.addHandler(handler)
        return handler.upgradeResultFuture
    }
}
