import NIOCore
import NIOHTTPTypes
import Vocabulary

/// Closes a connection whose request takes too long to arrive, however steadily it trickles.
///
/// One timer for many requests: it is set when a request begins and none is running, and looks when it
/// fires, so that a quick request costs a glance at the clock.
final class ArrivalDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let limit: TimeAmount
    private var began: NIODeadline?
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) {
        self.limit = limit
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
        case .head:
            began = .now()
            if timer == nil { schedule(in: limit, context) }
        case .body: break
        case .end: began = nil
        }
        context.fireChannelRead(data)
    }

    private func schedule(in time: TimeAmount, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        timer = nil
        guard let began else { return }
        let rest = began + limit - .now()
        if rest <= .zero { context.close(promise: nil) } else { schedule(in: rest, context) }
    }
}
