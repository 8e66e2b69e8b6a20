import NIOCore
import NIOHTTP1
import Vocabulary

/// Stands before the upgrade: keeps its time, and turns another answer than 101 into a reason.
final class UpgradeObserver: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private let timeout: Duration
    private var timer: Scheduled<Void>?
    private var isUpgrading = false
    private var refusal: HTTPResponseStatus?
    private var body = ByteBuffer()

    init(timeout: Duration) {
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            let context = bound.value
            context.fireErrorCaught(WebSocketError.timedOut)
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isUpgrading else {
            context.fireChannelRead(data)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head) where head.status == .switchingProtocols:
            isUpgrading = true
            context.fireChannelRead(data)
        case .head(let head):
            refusal = head.status
        case .body(var part):
            let room = Limits.webSocketRefusalBytes - body.readableBytes
            if var slice = part.readSlice(length: min(room, part.readableBytes)) {
                body.writeBuffer(&slice)
            }
        case .end:
            refuse(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if refusal != nil {
            refuse(context)
        } else if !isUpgrading {
            context.fireErrorCaught(
                WebSocketError.cannotConnect("the server closed the connection during the upgrade")
            )
        }
        context.fireChannelInactive()
    }

    private func refuse(_ context: ChannelHandlerContext) {
        guard let status = refusal else { return }
        refusal = nil
        let text = String(decoding: body.readableBytesView, as: UTF8.self)
        context.fireErrorCaught(
            WebSocketError.refused(status: Int(status.code), body: text)
        )
        context.close(promise: nil)
    }
}
