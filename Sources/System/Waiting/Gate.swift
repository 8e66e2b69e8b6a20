import Synchronization

/// Lets a task through while it is open.
package final class Gate: Sendable {
    private struct State {
        var isOpen: Bool
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    package init(isOpen: Bool) {
        state = Mutex(State(isOpen: isOpen))
    }

    package func set(open: Bool) {
        let waiter = state.withLock { state in
            state.isOpen = open
            guard open else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits until it is open, or until cancelled.
    ///
    /// For one task.
    package func pass() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
