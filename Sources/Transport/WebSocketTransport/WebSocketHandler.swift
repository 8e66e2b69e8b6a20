import NIOCore
import NIOSSL
import NIOWebSocket
import Vocabulary

/// Carries one WebSocket connection on its event loop: frames in, messages into the mailbox.
///
/// Decisions about frames are `FrameAssembler`'s. This shell reads and stops reading, writes, closes and
/// keeps the time.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// What the connection's other half asks of the handler, as outbound events.
    enum Request: Sendable {
        case resumeReading
        case close(WebSocketCloseCode, String)
    }

    private enum State {
        case open
        /// Our close frame is out; the peer's is awaited.
        case closing
        case closed
    }

    private let role: FrameAssembler.Role
    private let settings: WebSocketSettings
    private let mailbox: Mailbox
    private let budget: ByteBudget
    private var assembler: FrameAssembler
    private var state = State.open
    private var isReadingHeld = false
    private var isReadWanted = false
    private var lastHeard = NIODeadline.now()
    private var keepAlive: Scheduled<Void>?
    private var closeLimit: Scheduled<Void>?

    init(
        role: FrameAssembler.Role,
        settings: WebSocketSettings,
        mailbox: Mailbox,
        budget: ByteBudget
    ) {
        self.role = role
        self.settings = settings
        self.mailbox = mailbox
        self.budget = budget
        assembler = FrameAssembler(role: role, messageBytes: settings.messageBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastHeard = .now()
        schedulePing(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(WebSocketError.closed)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Stock agents and plugins go without a close frame; that is an end like any other.
        end(nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? NIOWebSocketError {
        case .invalidFrameLength?:
            breach(context, .messageTooLarge, "a frame larger than allowed")
        case .fragmentedControlFrame?, .multiByteControlFrameLength?:
            breach(context, .protocolError, "a malformed control frame")
        case nil where error as? NIOSSLError == .uncleanShutdown:
            // The end of the stream without TLS's own goodbye. Messages say themselves where they end.
            end(nil)
            context.close(promise: nil)
        case nil:
            end(WebSocketError.connectionLost(String(describing: error)))
            context.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastHeard = .now()
        guard state != .closed else { return }
        switch assembler.received(unwrapInboundIn(data)) {
        case .nothing, .pong: break
        case .message(let message):
            guard state == .open else { return }
            if !mailbox.put(message) { isReadingHeld = true }
        case .answerPing(let payload):
            // A peer that pings and does not read gets no pongs that pile up: only the latest ping needs one
            // (RFC 6455, section 5.5.3).
            if state == .open, context.channel.isWritable { writeFrame(context, .pong, payload) }
        case .close(let code):
            if state == .open { writeClose(context, code ?? .normal, "") }
            end(nil)
            context.close(promise: nil)
        case .breach(let code, let what):
            breach(context, code, what)
        }
    }

    /// Reads only while the reader keeps up; a held read is made up for by `resumeReading`.
    func read(context: ChannelHandlerContext) {
        if isReadingHeld, state == .open {
            isReadWanted = true
        } else {
            context.read()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .open else {
            promise?.fail(WebSocketError.closed)
            return
        }
        var frame = unwrapOutboundIn(data)
        if role == .client { frame.maskKey = .random() }
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard let request = event as? Request else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        switch request {
        case .resumeReading: resumeReading(context)
        case .close(let code, let reason): startClosing(context, code, reason)
        }
        promise?.succeed()
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        isReadingHeld = false
        lastHeard = .now()
        guard isReadWanted else { return }
        isReadWanted = false
        context.read()
    }

    // MARK: Closing

    private func startClosing(
        _ context: ChannelHandlerContext,
        _ code: WebSocketCloseCode,
        _ reason: String
    ) {
        guard state == .open else { return }
        writeClose(context, code, reason)
        state = .closing
        budget.fail(WebSocketError.closed)
        resumeReading(context)
        let channel = context.channel
        closeLimit = context.eventLoop.scheduleTask(in: TimeAmount(Limits.webSocketCloseTimeout)) {
            channel.close(promise: nil)
        }
    }

    private func breach(
        _ context: ChannelHandlerContext,
        _ code: WebSocketCloseCode,
        _ what: String
    ) {
        guard state != .closed else { return }
        if state == .open { writeClose(context, code, what) }
        end(WebSocketError.protocolViolation(what))
        context.close(promise: nil)
    }

    /// Lets nothing more in or out; again does nothing.
    private func end(_ error: (any Error)?) {
        state = .closed
        keepAlive?.cancel()
        closeLimit?.cancel()
        mailbox.finish(error)
        budget.fail(error ?? WebSocketError.closed)
    }

    private func writeClose(
        _ context: ChannelHandlerContext,
        _ code: WebSocketCloseCode,
        _ reason: String
    ) {
        var payload = context.channel.allocator.buffer(capacity: 2 + reason.utf8.count)
        payload.writeInteger(code.isSendable ? code.rawValue : WebSocketCloseCode.normal.rawValue)
        // A control frame holds 125 bytes, two of which are the code.
        payload.writeSubstring(reason.prefixed(utf8: 123))
        writeFrame(context, .connectionClose, payload)
    }

    private func writeFrame(
        _ context: ChannelHandlerContext,
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer
    ) {
        let frame = WebSocketFrame(
            fin: true,
            opcode: opcode,
            maskKey: role == .client ? .random() : nil,
            data: payload
        )
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    // MARK: Keeping alive

    private func schedulePing(_ context: ChannelHandlerContext) {
        guard let interval = settings.pingInterval, state == .open else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        keepAlive = context.eventLoop.scheduleTask(in: TimeAmount(interval)) {
            let (handler, context) = bound.value
            handler.writePing(context)
        }
    }

    private func writePing(_ context: ChannelHandlerContext) {
        guard state == .open else { return }
        writeFrame(context, .ping, ByteBuffer(string: "keepalive"))
        let pinged = NIODeadline.now()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // One timer at a time: first the wait for a sign of life, then the rest of the interval.
        keepAlive = context.eventLoop.scheduleTask(in: TimeAmount(settings.silence)) {
            let (handler, context) = bound.value
            handler.judgeSilence(since: pinged, context)
        }
    }

    private func judgeSilence(since pinged: NIODeadline, _ context: ChannelHandlerContext) {
        guard state == .open else { return }
        // While we do not read, we cannot know; the reader's slowness is not the peer's death.
        guard lastHeard >= pinged || isReadingHeld else {
            end(WebSocketError.peerSilent)
            context.close(promise: nil)
            return
        }
        schedulePing(context)
    }
}

extension String {
    /// The longest prefix of whole characters within so many bytes of UTF-8.
    func prefixed(utf8 limit: Int) -> Substring {
        var end = endIndex
        while utf8.distance(from: startIndex, to: end) > limit { end = index(before: end) }
        return self[..<end]
    }
}
