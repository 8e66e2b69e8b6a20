import NIOCore
import NIOHTTP1
import Vocabulary

/// Looks at the first request of a connection before NIO's upgrade handler does.
///
/// NIO's handler loses the head of a request that has an `Upgrade` header and is not upgraded, and its
/// decoder stops after such a request (swift-nio 2.101). So whatever will not become a websocket loses the
/// header here, and is told `Connection: close`; what asks for a channel waits here until it is admitted.
/// A connection that sends no request at all is closed after `Limits.firstRequestWait`.
///
/// Only the first request can be upgraded, so that the filter then leaves the pipeline.
final class UpgradeFilter: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Decides on a request for a websocket; the future succeeds with whether it is admitted.
    typealias Admission = (any Channel, HTTPRequestHead) -> EventLoopFuture<Bool>

    private enum State {
        case awaitingHead
        /// The gateway's answer is awaited; what comes in meanwhile.
        case deciding([NIOAny])
        case passing
    }

    private let isChannelPath: (String) -> Bool
    private let admission: Admission
    private var state = State.awaitingHead
    private var isReadHeld = false
    private var timer: Scheduled<Void>?

    init(isChannelPath: @escaping (String) -> Bool, admission: @escaping Admission) {
        self.isChannelPath = isChannelPath
        self.admission = admission
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: .seconds(Int64(Limits.firstRequestWait))) {
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .passing:
            context.fireChannelRead(data)
        case .deciding(let waiting):
            state = .deciding(waiting + [data])
        case .awaitingHead:
            timer?.cancel()
            guard case .head(let head) = unwrapInboundIn(data),
                head.headers.contains(name: "upgrade")
            else {
                pass(data, context)
                return
            }
            guard isWebSocket(head) else {
                pass(wrapInboundOut(.head(Self.withoutUpgrade(head))), context)
                return
            }
            state = .deciding([])
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            admission(context.channel, head).whenComplete { result in
                let (filter, context) = bound.value
                let isAdmitted = (try? result.get()) ?? false
                filter.decided(head, isAdmitted: isAdmitted, context)
            }
        }
    }

    /// While the gateway decides, nothing more is read, so that a peer cannot fill the memory.
    func read(context: ChannelHandlerContext) {
        guard case .deciding = state else {
            context.read()
            return
        }
        isReadHeld = true
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent, case .awaitingHead = state {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, case .awaitingHead = state else {
            context.fireErrorCaught(error)
            return
        }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .badRequest,
            headers: ["Connection": "close", "Content-Length": "0"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    private func decided(
        _ head: HTTPRequestHead,
        isAdmitted: Bool,
        _ context: ChannelHandlerContext
    ) {
        guard case .deciding(let waiting) = state else { return }
        let first = isAdmitted ? head : Self.withoutUpgrade(head)
        state = .passing
        context.fireChannelRead(wrapInboundOut(.head(first)))
        for data in waiting { context.fireChannelRead(data) }
        context.fireChannelReadComplete()
        if isReadHeld { context.read() }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func pass(_ data: NIOAny, _ context: ChannelHandlerContext) {
        state = .passing
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Whether NIO's upgrade will succeed: RFC 6455, section 4.2.1, on one of the gateway's paths.
    private func isWebSocket(_ head: HTTPRequestHead) -> Bool {
        let path = head.uri.prefix { $0 != "?" }
        return head.method == .GET && isChannelPath(String(path))
            && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            && head.headers["sec-websocket-key"].count == 1
            && head.headers["sec-websocket-version"] == ["13"]
            && !head.headers.contains(name: "content-length")
            && !head.headers.contains(name: "transfer-encoding")
    }

    private static func withoutUpgrade(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        head.headers.remove(name: "upgrade")
        head.headers.replaceOrAdd(name: "connection", value: "close")
        return head
    }
}
