import Synchronization
import Vocabulary

extension WebSocketConnection {
    /// Two ends of a connection that exists only in memory, for tests.
    ///
    /// It behaves as the real one where a user can tell: order, waiting when the other end does not read,
    /// closing. What one end sent before it closed is still read by the other.
    package static func pair(
        bufferBytes: Int = Limits.webSocketInboundBytes
    ) -> (WebSocketConnection, WebSocketConnection) {
        let toLeft = MemoryDirection(bufferBytes: bufferBytes)
        let toRight = MemoryDirection(bufferBytes: bufferBytes)
        return (
            WebSocketConnection(
                mailbox: toLeft.mailbox,
                outbound: MemoryOutbound(sends: toRight, receives: toLeft)
            ),
            WebSocketConnection(
                mailbox: toRight.mailbox,
                outbound: MemoryOutbound(sends: toLeft, receives: toRight)
            )
        )
    }
}

/// One way through memory: a mailbox, and the room in it.
private struct MemoryDirection: Sendable {
    let mailbox: Mailbox
    let budget: ByteBudget

    init(bufferBytes: Int) {
        let budget = ByteBudget(bufferBytes)
        self.budget = budget
        mailbox = Mailbox(limit: bufferBytes) { budget.give($0.bytes) }
    }

    func end() {
        mailbox.finish(nil)
        budget.fail(WebSocketError.closed)
    }
}

private struct MemoryOutbound: WebSocketOutbound {
    let sends: MemoryDirection
    let receives: MemoryDirection

    func send(_ message: WebSocketMessage) async throws {
        try await sends.budget.take(Mailbox.cost(of: message))
        _ = sends.mailbox.put(message)
    }

    func close(code: WebSocketCloseCode, reason: String) async {
        sends.end()
        receives.end()
    }

    func ping() async throws {}
}
