package import NIOCore
import NIOWebSocket
import Vocabulary

extension WebSocketConnection {
    /// Turns an upgraded server channel into a connection, on the channel's event loop.
    ///
    /// For the pipeline handler of a `NIOTypedWebSocketServerUpgrader`, made with
    /// `maxFrameSize: Limits.webSocketFrameBytes` and `enableAutomaticErrorHandling: false` (errors are
    /// answered here). The channel stays open until one side closes the connection.
    package static func accepting(
        _ channel: any Channel,
        settings: WebSocketSettings = WebSocketSettings()
    ) throws -> WebSocketConnection {
        try adopting(channel, as: .server, settings: settings)
    }

    static func adopting(
        _ channel: any Channel,
        as role: FrameAssembler.Role,
        settings: WebSocketSettings
    ) throws -> WebSocketConnection {
        // Hummingbird's servers keep half-closed connections, as HTTP needs. A websocket has no use for half of
        // itself, and swift-nio-ssl 2.37 then waits five seconds for a goodbye that has already come.
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        let budget = ByteBudget(settings.outboundBytes)
        let mailbox = Mailbox(limit: settings.inboundBytes) { taken in
            guard taken.hasRoomAgain else { return }
            channel.triggerUserOutboundEvent(WebSocketHandler.Request.resumeReading, promise: nil)
        }
        let handler = WebSocketHandler(
            role: role,
            settings: settings,
            mailbox: mailbox,
            budget: budget
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        return WebSocketConnection(
            mailbox: mailbox,
            outbound: ChannelOutbound(channel: channel, budget: budget)
        )
    }
}

/// The sending half over a NIO channel.
private struct ChannelOutbound: WebSocketOutbound {
    let channel: any Channel
    let budget: ByteBudget

    func send(_ message: WebSocketMessage) async throws {
        let cost = Mailbox.cost(of: message)
        try await budget.take(cost)
        let frame =
            switch message {
            case .text(let text):
                WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))
            case .binary(let bytes):
                WebSocketFrame(fin: true, opcode: .binary, data: bytes)
            }
        let written = channel.eventLoop.makePromise(of: Void.self)
        let budget = budget
        written.futureResult.whenComplete { result in
            if case .failure(let error) = result { budget.fail(Self.reason(error)) }
            budget.give(cost)
        }
        channel.writeAndFlush(frame, promise: written)
    }

    func close(code: WebSocketCloseCode, reason: String) async {
        channel.triggerUserOutboundEvent(WebSocketHandler.Request.close(code, reason), promise: nil)
        try? await channel.closeFuture.get()
    }

    func ping() async throws {
        let frame = WebSocketFrame(
            fin: true,
            opcode: .ping,
            data: ByteBuffer(string: "keepalive")
        )
        do {
            try await channel.writeAndFlush(frame)
        } catch {
            throw Self.reason(error)
        }
    }

    private static func reason(_ error: any Error) -> WebSocketError {
        if let known = error as? WebSocketError { return known }
        if let known = error as? ChannelError, known == .ioOnClosedChannel { return .closed }
        return .connectionLost(String(describing: error))
    }
}
