import CPseudoTerminal
import Glibc
import Synchronization
import Vocabulary

/// Moves bytes between a terminal's master side and the tasks that use it, on a thread of its own.
///
/// Reads as much as is there into one piece, up to the size of a frame, and stops reading while
/// `Limits.terminalChunksWaiting` pieces wait; then the child waits too. The thread owns the descriptor
/// and closes it at the end, so that nobody can use a number that meanwhile means another file.
final class TerminalPump: Sendable {
    private struct Input {
        let id: UInt64
        var bytes: ArraySlice<UInt8>
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var output: [[UInt8]] = []
        var reader: CheckedContinuation<[UInt8]?, Never>?
        var input: [Input] = []
        var nextID: UInt64 = 0
        var hasReachedEnd = false
        var childHasEnded = false
        var isClosing = false
        var isClosed = false
    }

    private let master: Int32
    private let wakeup: Int32
    private let chunkBytes: Int
    private let state = Mutex(State())

    /// Takes over `master`, which is closed if this throws.
    init(master: Int32, chunkBytes: Int) throws(SystemFailure) {
        self.master = master
        self.chunkBytes = chunkBytes
        wakeup = cpty_event()
        guard wakeup >= 0 else {
            let error = errno
            Glibc.close(master)
            throw SystemFailure(doing: "make an event descriptor", errno: error)
        }
        do {
            try startThread(named: "terminal") { [self] in run() }
        } catch {
            Glibc.close(master)
            Glibc.close(wakeup)
            throw error
        }
    }

    // MARK: What tasks ask

    /// The next piece of output, nil when there will be none.
    ///
    /// For one reader. A cancelled one gets nil too, and loses nothing.
    func nextOutput() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                take(continuation, cancelled: Task.isCancelled)
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }

    /// Writes all of it, waiting while the child does not read.
    func write(_ bytes: [UInt8]) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refusal: (any Error)? = state.withLock { state in
                    if Task.isCancelled { return CancellationError() }
                    if state.isClosing { return Self.gone }
                    state.input.append(
                        Input(id: id, bytes: bytes[...], continuation: continuation)
                    )
                    return nil
                }
                if let refusal { continuation.resume(throwing: refusal) } else { wake() }
            }
        } onCancel: {
            let input = state.withLock { state in
                state.input.firstIndex { $0.id == id }.map { state.input.remove(at: $0) }
            }
            input?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Calls `body` with the descriptor while it is surely ours; nil when it is closed.
    func withDescriptor<Result>(_ body: (Int32) -> Result) -> Result? {
        state.withLock { $0.isClosed ? nil : body(master) }
    }

    /// The child is gone: what it wrote is still read, but nothing is waited for.
    func childEnded() {
        state.withLock { $0.childHasEnded = true }
        wake()
    }

    /// Closes the terminal, which hangs up on whoever is left on it; again does nothing.
    func close() {
        state.withLock { $0.isClosing = true }
        wake()
    }

    // MARK: The thread

    private func run() {
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        while turn(&buffer) {}
        let (reader, input) = state.withLock { state in
            state.isClosing = true
            state.isClosed = true
            state.hasReachedEnd = true
            Glibc.close(master)
            Glibc.close(wakeup)
            defer { (state.reader, state.input) = (nil, []) }
            return (state.reader, state.input)
        }
        reader?.resume(returning: nil)
        for each in input { each.continuation.resume(throwing: Self.gone) }
    }

    /// Waits for something to do and does it; false when it is time to end.
    private func turn(_ buffer: inout [UInt8]) -> Bool {
        let plan = state.withLock { state in
            (
                reads: !state.hasReachedEnd
                    && state.output.count < Limits.terminalChunksWaiting,
                writes: !state.input.isEmpty, drains: state.childHasEnded,
                closes: state.isClosing
            )
        }
        if plan.closes { return false }
        let events = (plan.reads ? POLLIN : 0) | (plan.writes ? POLLOUT : 0)
        var polled = [
            // A hang-up is reported even when nobody asked: leave the terminal out when it is not wanted.
            pollfd(fd: events == 0 ? -1 : master, events: Int16(events), revents: 0),
            pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0),
        ]
        let drain = plan.drains && plan.reads
        let timeout = drain ? Int32(Limits.terminalDrain / .milliseconds(1)) : -1
        let count = poll(&polled, nfds_t(polled.count), timeout)
        if count == 0, drain { endOutput() }
        if polled[1].revents != 0 {
            var number: UInt64 = 0
            _ = read(wakeup, &number, 8)
        }
        let happened = Int32(polled[0].revents)
        if plan.reads, happened & (POLLIN | POLLHUP | POLLERR) != 0 { readBurst(&buffer) }
        if plan.writes, happened & (POLLOUT | POLLHUP | POLLERR) != 0 { writeSome() }
        return true
    }

    private func readBurst(_ buffer: inout [UInt8]) {
        var filled = 0
        var ended = false
        while filled < buffer.count, !ended {
            let count = buffer.withUnsafeMutableBytes { bytes in
                read(master, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
            }
            if count > 0 {
                filled += count
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                break
            } else {
                // EIO is how a terminal says that nobody has it open any more.
                ended = true
            }
        }
        if filled > 0 { put(Array(buffer.prefix(filled))) }
        if ended { endOutput() }
    }

    private func writeSome() {
        guard let first = state.withLock({ $0.input.first }) else { return }
        let count = first.bytes.withUnsafeBytes { bytes in
            Glibc.write(master, bytes.baseAddress, bytes.count)
        }
        let failed = count < 0 && errno != EAGAIN && errno != EINTR
        let finished = state.withLock { state -> Input? in
            // A cancelled one has left the queue meanwhile.
            guard state.input.first?.id == first.id else { return nil }
            if !failed {
                state.input[0].bytes = first.bytes.dropFirst(max(count, 0))
                guard state.input[0].bytes.isEmpty else { return nil }
            }
            return state.input.removeFirst()
        }
        if failed {
            finished?.continuation.resume(throwing: Self.gone)
        } else {
            finished?.continuation.resume()
        }
    }

    private func put(_ bytes: [UInt8]) {
        let reader = state.withLock { state -> CheckedContinuation<[UInt8]?, Never>? in
            guard let reader = state.reader else {
                state.output.append(bytes)
                return nil
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: bytes)
    }

    private func endOutput() {
        let reader = state.withLock { state in
            state.hasReachedEnd = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    private func take(_ continuation: CheckedContinuation<[UInt8]?, Never>, cancelled: Bool) {
        let (answer, wakes): ([UInt8]??, Bool) = state.withLock { state in
            precondition(state.reader == nil, "a terminal's output has one reader")
            if cancelled { return (.some(nil), false) }
            if !state.output.isEmpty {
                let wasFull = state.output.count >= Limits.terminalChunksWaiting
                return (state.output.removeFirst(), wasFull)
            }
            if state.hasReachedEnd { return (.some(nil), false) }
            state.reader = continuation
            return (nil, false)
        }
        if let answer { continuation.resume(returning: answer) }
        if wakes { wake() }
    }

    private func wake() {
        _ = withDescriptor { _ in
            var one: UInt64 = 1
            return Glibc.write(wakeup, &one, 8)
        }
    }

    private static let gone = SystemFailure(doing: "write to the terminal", errno: EIO)
}
