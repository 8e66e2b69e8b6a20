import NIOCore
import NIOHTTP1

/// Closes a connection that has had its time, as `ConnectionPhase` says: idle, trickling, not reading, or in the way of
/// a stop.
///
/// One timer serves all of these: it looks at what is due when it fires, so that a request costs no more
/// than glances at the clock. How long an operation takes is the operation's own affair.
final class ConnectionTimeouts: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let now: () -> NIODeadline
    private var phase: ConnectionPhase
    private var timer: Scheduled<Void>?

    /// Makes one; `now` is the event loop's clock.
    init(
        limits: ConnectionPhase.Limits = ConnectionPhase.Limits(),
        now: @escaping () -> NIODeadline = NIODeadline.now
    ) {
        self.now = now
        phase = ConnectionPhase(limits: limits, at: now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        phase.moved(at: now())
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: phase.requestBegan(at: now())
        case .body: phase.moved(at: now())
        case .end: phase.requestArrived(at: now())
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            phase.moved(at: now())
            context.write(data, promise: promise)
            return
        }
        guard phase.answered(at: now()) else {
            context.write(data, promise: promise)
            return
        }
        let channel = context.channel
        context.writeAndFlush(data).map { channel.close(promise: nil) }.cascade(to: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        phase.moved(at: now())
        context.fireChannelWritabilityChanged()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            phase.ended(at: now())
            schedule(context)
        }
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        if phase.serverStops() { context.close(promise: nil) }
    }

    private func due(_ context: ChannelHandlerContext) -> NIODeadline? {
        phase.due(isWritable: context.channel.isWritable)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let soonest = min(phase.limits.idle, phase.limits.arrival)
        let deadline = min(due(context) ?? .distantFuture, now() + soonest)
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (timeouts, context) = bound.value
            timeouts.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        if let due = due(context), due <= now() {
            context.close(promise: nil)
        } else {
            schedule(context)
        }
    }
}
