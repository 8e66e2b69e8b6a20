import Synchronization

/// Events of several sources for one reader, in the order they came.
///
/// `put` is for sources that wait for an answer before the next event, so that what waits is bounded by their
/// number; `send` makes a fast source wait while `capacity` events are in line.
package final class EventQueue<Event: Sendable>: Sendable {
    private struct State {
        var events: [Event] = []
        var reader: CheckedContinuation<Event?, Never>?
        var writers: [CheckedContinuation<Void, Never>] = []
        var isFinished = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// Puts an event in line; after `finish` it is dropped.
    package func put(_ event: Event) {
        let reader = state.withLock { state -> CheckedContinuation<Event?, Never>? in
            guard !state.isFinished else { return nil }
            guard let reader = state.reader else {
                state.events.append(event)
                return nil
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: event)
    }

    /// Puts an event in line, and waits while too many are before it.
    package func send(_ event: Event) async {
        put(event)
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                guard state.events.count > capacity, !state.isFinished else { return true }
                state.writers.append(continuation)
                return false
            }
            if mayGoOn { continuation.resume() }
        }
    }

    /// The next event, for the one reader; nil after `finish`, when nothing is left.
    package func next() async -> Event? {
        await withCheckedContinuation { continuation in
            let (event, isOver, writers) = state.withLock {
                state -> (Event?, Bool, [CheckedContinuation<Void, Never>]) in
                guard !state.events.isEmpty else {
                    if !state.isFinished { state.reader = continuation }
                    return (nil, state.isFinished, [])
                }
                let event = state.events.removeFirst()
                guard state.events.count <= capacity else { return (event, false, []) }
                defer { state.writers = [] }
                return (event, false, state.writers)
            }
            for writer in writers { writer.resume() }
            if event != nil || isOver { continuation.resume(returning: event) }
        }
    }

    /// Ends the line: whoever waits goes on.
    package func finish() {
        let (reader, writers) = state.withLock { state in
            state.isFinished = true
            defer {
                state.reader = nil
                state.writers = []
            }
            return (state.reader, state.writers)
        }
        reader?.resume(returning: nil)
        for writer in writers { writer.resume() }
    }
}
