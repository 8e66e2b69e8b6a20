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
        var waiting: [LogStreamID: [CheckedContinuation<Void, any Error>]] = [:]
    }

    private enum Entry {
        case goes, waits, refused
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

    /// How many wait for a stream that somebody works on; nil if nobody does.
    func waiting(for stream: LogStreamID) -> Int? {
        state.withLock { $0.waiting[stream]?.count }
    }

    private func enter(_ stream: LogStreamID) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = state.withLock { state -> Entry in
                guard let waiting = state.waiting[stream] else {
                    state.waiting[stream] = []
                    return .goes
                }
                guard waiting.count < Limits.Logs.waitingWritersPerStream else { return .refused }
                state.waiting[stream]?.append(continuation)
                return .waits
            }
            switch outcome {
            case .goes: continuation.resume()
            case .waits: break
            case .refused:
                continuation.resume(
                    throwing: ServiceFault("ThrottlingException", "Rate exceeded")
                )
            }
        }
    }

    private func leave(_ stream: LogStreamID) {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
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
