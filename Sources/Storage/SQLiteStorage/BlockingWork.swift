import Dispatch
import Storage
import Synchronization

/// Runs calls that block on threads of their own, a few at a time.
///
/// The threads that run tasks are as many as the machine has cores: one that waits for a disk stalls others.
final class BlockingWork: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var running = 0
    }

    private let queue: DispatchQueue
    private let width: Int
    private let state = Mutex(State())

    /// Makes a group of at most `width` threads, which exist only while there is work.
    init(_ label: String, width: Int) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
        self.width = width
    }

    /// Runs `body` and waits for it without holding a thread of the pool.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let outcome = await withCheckedContinuation { continuation in
            add {
                continuation.resume(returning: Result { () throws(StorageError) in try body() })
            }
        }
        return try outcome.get()
    }

    private func add(_ work: @escaping @Sendable () -> Void) {
        let startsThread = state.withLock { state in
            state.waiting.append(work)
            guard state.running < width else { return false }
            state.running += 1
            return true
        }
        if startsThread { queue.async { self.drain() } }
    }

    private func drain() {
        while let work = next() { work() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
