import NIOCore
import NIOHTTP1
import Vocabulary

/// Closes a connection that has had its time: idle, trickling, not reading, or in the way of a stop.
///
/// - Between requests a connection may rest for `idle`, and within one that long between two pieces.
/// - A request must have arrived whole after `arrival`, however steadily it trickles.
/// - A peer that does not take its answer is let go after `idle` without progress.
/// - Once our side has ended, the peer has `linger` to end its own.
/// - When the server stops, an idle connection closes at once and a busy one after its answer.
///
/// One timer serves all of these: it looks at what is due when it fires, so that a request costs no more
/// than glances at the clock. How long an operation takes is the operation's own affair.
final class ConnectionWarden: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    struct Limits {
        var idle = TimeAmount.seconds(Int64(Vocabulary.Limits.connectionIdle))
        var arrival = TimeAmount.seconds(Int64(Vocabulary.Limits.requestArrival))
        var linger = TimeAmount.seconds(Int64(Vocabulary.Limits.connectionLinger))
    }

    private let limits: Limits
    private let now: () -> NIODeadline
    private var requestBegan: NIODeadline?
    private var ended: NIODeadline?
    private var lastActive: NIODeadline
    private var requestsUnanswered = 0
    private var isStopping = false
    private var timer: Scheduled<Void>?

    /// Makes one; `now` is the event loop's clock.
    init(limits: Limits = Limits(), now: @escaping () -> NIODeadline = NIODeadline.now) {
        self.limits = limits
        self.now = now
        lastActive = now()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastActive = now()
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
        lastActive = now()
        switch unwrapInboundIn(data) {
        case .head:
            requestsUnanswered += 1
            requestBegan = lastActive
        case .body: break
        case .end: requestBegan = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        lastActive = now()
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        requestsUnanswered -= 1
        guard requestsUnanswered == 0, isStopping else {
            context.write(data, promise: promise)
            return
        }
        let channel = context.channel
        context.writeAndFlush(data).map { channel.close(promise: nil) }.cascade(to: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        lastActive = now()
        context.fireChannelWritabilityChanged()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            ended = now()
            schedule(context)
        }
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        isStopping = true
        if requestsUnanswered == 0 { context.close(promise: nil) }
    }

    /// When the connection is to be closed as things stand; nil while only an operation is awaited.
    private func due(_ context: ChannelHandlerContext) -> NIODeadline? {
        var deadlines: [NIODeadline] = []
        if let ended { deadlines.append(ended + limits.linger) }
        if let requestBegan { deadlines.append(requestBegan + limits.arrival) }
        if requestsUnanswered == 0 || requestBegan != nil || !context.channel.isWritable {
            deadlines.append(lastActive + limits.idle)
        }
        return deadlines.min()
    }

    private func schedule(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let soonest = min(limits.idle, limits.arrival)
        let deadline = min(due(context) ?? .distantFuture, now() + soonest)
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (warden, context) = bound.value
            warden.look(context)
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
