import NIOCore
import Synchronization
import Vocabulary

/// Where messages wait between the socket and the one task that reads them.
///
/// It never refuses a message; it says when it is full, and who fills it stops. What may still come is
/// what was already read from the socket, one read's worth.
final class Mailbox: Sendable {
    /// What reading a message freed.
    struct Taken: Sendable {
        let bytes: Int
        /// Whether it was full and now is half empty, so that filling may go on.
        let hasRoomAgain: Bool
    }

    private struct State {
        var messages = CircularBuffer<WebSocketMessage>()
        var bytes = 0
        var wasFull = false
        var end: Result<Void, any Error>?
        var reader: CheckedContinuation<WebSocketMessage?, any Error>?
    }

    private let limit: Int
    private let onTaken: @Sendable (Taken) -> Void
    private let state = Mutex(State())

    init(limit: Int, onTaken: @escaping @Sendable (Taken) -> Void) {
        self.limit = limit
        self.onTaken = onTaken
    }

    static func cost(of message: WebSocketMessage) -> Int {
        message.byteCount + Limits.webSocketMessageOverheadBytes
    }

    /// Puts a message in; returns whether there is room for more.
    func put(_ message: WebSocketMessage) -> Bool {
        let (reader, hasRoom) = state.withLock { state in
            guard state.end == nil else {
                return (nil as CheckedContinuation<WebSocketMessage?, any Error>?, true)
            }
            if let reader = state.reader {
                state.reader = nil
                return (reader, true)
            }
            state.messages.append(message)
            state.bytes += Self.cost(of: message)
            if state.bytes >= limit { state.wasFull = true }
            return (nil, !state.wasFull)
        }
        if let reader {
            reader.resume(returning: message)
            onTaken(Taken(bytes: Self.cost(of: message), hasRoomAgain: false))
        }
        return hasRoom
    }

    /// Says that no more will come.
    ///
    /// What is there can still be read; then the reader sees the end, or the error.
    func finish(_ error: (any Error)?) {
        let reader = state.withLock { state in
            guard state.end == nil else {
                return nil as CheckedContinuation<WebSocketMessage?, any Error>?
            }
            state.end = error.map { .failure($0) } ?? .success(())
            defer { state.reader = nil }
            return state.reader
        }
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
    }

    /// The next message, nil at the end; throws what ended it, or `CancellationError`.
    func next() async throws -> WebSocketMessage? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                read(continuation, cancelled: Task.isCancelled)
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(throwing: CancellationError())
        }
    }

    private func read(
        _ continuation: CheckedContinuation<WebSocketMessage?, any Error>,
        cancelled: Bool
    ) {
        enum Outcome {
            case waits
            case message(WebSocketMessage, Taken)
            case end(Result<Void, any Error>)
        }
        let outcome = state.withLock { state -> Outcome in
            precondition(state.reader == nil, "a WebSocket connection has one reader")
            if cancelled { return .end(.failure(CancellationError())) }
            if let message = state.messages.popFirst() {
                let cost = Self.cost(of: message)
                state.bytes -= cost
                let hasRoomAgain = state.wasFull && state.bytes <= limit / 2
                if hasRoomAgain { state.wasFull = false }
                return .message(message, Taken(bytes: cost, hasRoomAgain: hasRoomAgain))
            }
            if let end = state.end { return .end(end) }
            state.reader = continuation
            return .waits
        }
        switch outcome {
        case .waits: break
        case .message(let message, let taken):
            continuation.resume(returning: message)
            onTaken(taken)
        case .end(.success): continuation.resume(returning: nil)
        case .end(.failure(let error)): continuation.resume(throwing: error)
        }
    }
}
