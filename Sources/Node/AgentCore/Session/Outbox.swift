import Synchronization
import Vocabulary
import Waiting

/// Messages on their way to the data channel's socket.
///
/// Bounded: a socket that stands still loses what does not fit. Nothing is lost by that, since the session's
/// machine sends again what nobody acknowledged.
final class Outbox: Sendable {
    private struct State {
        var messages: [[UInt8]] = []
        var bytes = 0
        var isFinished = false
    }

    private let limit: Int
    private let state = Mutex(State())
    private let bell = Doorbell()

    init(limit: Int = Limits.dataChannelOutboxBytes) {
        self.limit = limit
    }

    func put(_ message: [UInt8]) {
        state.withLock { state in
            guard state.bytes + message.count <= limit else { return }
            state.messages.append(message)
            state.bytes += message.count
        }
        bell.ring()
    }

    /// Forgets what was meant for a socket that is gone.
    func clear() {
        state.withLock { state in
            state.messages = []
            state.bytes = 0
        }
    }

    /// No more will be put in.
    func finish() {
        state.withLock { $0.isFinished = true }
        bell.ring()
    }

    var isFinished: Bool { state.withLock { $0.isFinished && $0.messages.isEmpty } }

    /// All that is there, waiting for something; nil when all was taken and no more will come.
    ///
    /// Throws only `CancellationError`.
    func next() async throws -> [[UInt8]]? {
        while true {
            try Task.checkCancellation()
            let (messages, isFinished) = state.withLock { state in
                defer {
                    state.messages = []
                    state.bytes = 0
                }
                return (state.messages, state.isFinished)
            }
            if !messages.isEmpty { return messages }
            if isFinished { return nil }
            await bell.wait()
        }
    }
}
