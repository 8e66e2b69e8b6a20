import Storage
import Synchronization

/// Gathers what many tasks ask for at the same time, so that one thread can do it as a group.
///
/// The first request starts a drain; those that come while it works wait and form the next group. A
/// durable write costs the same for one as for many, which is why this is worth a type.
final class GroupQueue<Request: Sendable, Answer: Sendable>: Sendable {
    typealias Outcome = Result<Answer, StorageError>

    /// A request and the task that waits for its answer.
    struct Waiting: Sendable {
        let request: Request
        let weight: Int
        private let continuation: CheckedContinuation<Outcome, Never>

        init(_ request: Request, weight: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
            self.request = request
            self.weight = weight
            self.continuation = continuation
        }

        func resume(_ outcome: Outcome) {
            continuation.resume(returning: outcome)
        }
    }

    private struct State {
        var waiting: [Waiting] = []
        var isDraining = false
        var isClosed = false
    }

    private enum Entry {
        case queued
        case startsDrain
        case refused(String)
    }

    private let capacity: Int
    private let name: String
    private let state = Mutex(State())

    /// Makes an empty queue of at most `capacity` requests; `name` is what errors call it.
    init(_ name: String, capacity: Int) {
        self.name = name
        self.capacity = capacity
    }

    /// Waits for the answer; `drain` is called if nobody is draining, and must bring a thread to `next`.
    func submit(
        _ request: Request,
        weight: Int = 1,
        drain: () -> Void
    ) async throws(StorageError) -> Answer {
        let outcome = await withCheckedContinuation { continuation in
            let waiting = Waiting(request, weight: weight, continuation)
            switch enter(waiting) {
            case .queued: break
            case .startsDrain: drain()
            case .refused(let reason): waiting.resume(.failure(.unavailable(reason)))
            }
        }
        return try outcome.get()
    }

    private func enter(_ waiting: Waiting) -> Entry {
        state.withLock { state in
            if state.isClosed { return .refused("the \(name) is closed") }
            guard state.waiting.count < capacity else {
                return .refused("too much is waiting for the \(name)")
            }
            state.waiting.append(waiting)
            if state.isDraining { return .queued }
            state.isDraining = true
            return .startsDrain
        }
    }

    /// The next group, at least one if any waits; when it is empty, the drain is over.
    func next(count: Int, weight: Int) -> [Waiting] {
        state.withLock { state in
            var total = 0
            var taken = 0
            while taken < min(count, state.waiting.count) {
                total += state.waiting[taken].weight
                if taken > 0, total > weight { break }
                taken += 1
            }
            let group = Array(state.waiting.prefix(taken))
            state.waiting.removeFirst(taken)
            if group.isEmpty { state.isDraining = false }
            return group
        }
    }

    /// Refuses what comes from now on; what waits is still done.
    func close() {
        state.withLock { $0.isClosed = true }
    }
}
