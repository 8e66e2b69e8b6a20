import Synchronization

/// Room for so many bytes on their way; who wants more waits for what is there to leave.
///
/// First come, first served: a small message never overtakes a large one. Something larger than the
/// whole budget goes when nothing else is under way.
package final class ByteBudget: Sendable {
    private struct Waiter {
        let id: UInt64
        let bytes: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var taken = 0
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
        var failure: (any Error)?
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(_ limit: Int) {
        self.limit = limit
    }

    /// Takes room for `bytes`, waiting until there is some.
    ///
    /// Throws what `fail` was given, or `CancellationError`; then nothing was taken.
    package func take(_ bytes: Int) async throws {
        let id: UInt64? = try state.withLock { state in
            if let failure = state.failure { throw failure }
            if state.waiters.isEmpty, fits(bytes, state) {
                state.taken += bytes
                return nil
            }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(id: id, bytes: bytes, continuation: continuation)
                enqueue(waiter, cancelled: Task.isCancelled)
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Gives room back, which lets those in who now fit.
    package func give(_ bytes: Int) {
        let admitted = state.withLock { state in
            state.taken -= bytes
            return admit(&state)
        }
        for waiter in admitted { waiter.continuation.resume() }
    }

    /// Ends all waiting, now and later, with this error; the first one stands.
    package func fail(_ error: any Error) {
        let waiters = state.withLock { state in
            if state.failure == nil { state.failure = error }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
    }

    private func enqueue(_ waiter: Waiter, cancelled: Bool) {
        enum Outcome {
            case waits
            case admitted([Waiter])
            case fails(any Error)
        }
        let outcome = state.withLock { state -> Outcome in
            if let failure = state.failure { return .fails(failure) }
            if cancelled { return .fails(CancellationError()) }
            state.waiters.append(waiter)
            // What was under way may have left since `take` looked.
            let admitted = admit(&state)
            return admitted.isEmpty ? .waits : .admitted(admitted)
        }
        switch outcome {
        case .waits: break
        case .admitted(let waiters): for waiter in waiters { waiter.continuation.resume() }
        case .fails(let error): waiter.continuation.resume(throwing: error)
        }
    }

    private func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        while let first = state.waiters.first, fits(first.bytes, state) {
            state.taken += first.bytes
            admitted.append(state.waiters.removeFirst())
        }
        return admitted
    }

    private func fits(_ bytes: Int, _ state: State) -> Bool {
        state.taken <= 0 || state.taken + bytes <= limit
    }
}
