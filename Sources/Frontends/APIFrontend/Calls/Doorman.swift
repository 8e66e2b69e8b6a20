import SigV4

/// Finds out which of our doors a request knocks at.
struct Doorman: Sendable {
    let calls: CallHandler
    let channels: ChannelHandler?
    let metrics: Metrics
    /// Whether all listeners are open.
    let isReady: @Sendable () -> Bool

    func answer(_ request: IncomingRequest) async -> Answer {
        switch (request.head.method, request.head.path) {
        case ("POST", "/"), ("POST", ""):
            return await calls.answer(request)
        case ("GET", "/") where request.head.query.contains("Action="):
            return await calls.answer(request)
        case ("GET", "/health"), ("HEAD", "/health"):
            return isReady() ? .text(200, "ok\n") : .text(503, "starting\n")
        case ("GET", "/metrics"):
            var answer = Answer.text(200, metrics.text())
            answer.contentType = "text/plain; version=0.0.4; charset=utf-8"
            return answer
        default:
            break
        }
        guard let channels, let channel = ChannelPath(request.head.path) else {
            return .text(404, "There is nothing here. AWS calls are POST requests to /.\n")
        }
        switch request.head.method {
        case "POST":
            return await channels.answer(request, channel)
        case "GET":
            // Only what did not ask for a websocket, or not rightly, comes this way.
            if case .refused(let refusal) = await channels.admitWebSocket(request, channel) {
                return refusal
            }
            return .text(426, "This path is a websocket (RFC 6455, version 13).\n")
        default:
            return .text(405, "Use POST, or GET with an upgrade to a websocket.\n")
        }
    }
}
