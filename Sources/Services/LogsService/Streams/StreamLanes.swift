import LogEngine
import Synchronization
import Vocabulary

/// Lets one writer at a time work on a stream, in the order they came.
///
/// The chain makes every batch depend on the one before, so that writers of one stream can only take turns;
/// without lanes they would find that out by losing a race and appending again. Lanes save work and decide
/// nothing: the record transaction does, so that a second server is no danger.
final class StreamLanes: Sendable {
    private struct State {
        /// Who waits, for each stream that somebody works on.
        var waiting: [LogStreamID: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    /// Calls `body` when it is this caller's turn; refuses when too many wait already.
    func run<Value>(
        _ stream: LogStreamID,
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await enter(stream)
        defer { leave(stream) }
        return try await body()
    }

    private func enter(_ stream: LogStreamID) async throws {
        let queued = state.withLock { state in state.waiting[stream]?.count }
        guard queued ?? 0 < Limits.Logs.waitingWritersPerStream else {
            throw ServiceFault("ThrottlingException", "Rate exceeded")
        }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.waiting[stream] == nil {
                    state.waiting[stream] = []
                    return true
                }
                state.waiting[stream]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ stream: LogStreamID) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard var queue = state.waiting[stream], !queue.isEmpty else {
                state.waiting[stream] = nil
                return nil
            }
            let next = queue.removeFirst()
            state.waiting[stream] = queue
            return next
        }
        next?.resume()
    }
}
