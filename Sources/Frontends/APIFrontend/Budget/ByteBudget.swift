import Synchronization

/// Bytes that may be in memory at once, with a share for each source that asks.
///
/// Who asks for more than is left waits until enough is given back; so a reader that reserves before it reads stops
/// reading where the budget is empty. Those who wait are served in the order in which they came, but that one who waits
/// for its own source's share holds up nobody else.
///
/// To keep clear of deadlock a holder never asks for more while it holds: it gives back first, or asks another budget.
/// A class, since connections share it.
final class ByteBudget: Sendable {
    private struct Waiter {
        let id: UInt64
        let bytes: Int
        let source: CallSource
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var used = 0
        var usedBySource: [CallSource: Int] = [:]
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
        /// Waiters that are about to wait, and whether they were cancelled before they did.
        var arriving: [UInt64: Bool] = [:]
    }

    /// Bytes for all together.
    let total: Int
    /// Bytes for one source.
    let share: Int
    private let state = Mutex(State())

    /// Makes one; no reservation may be larger than `share`, nor `share` than `total`.
    init(total: Int, share: Int) {
        precondition(0 < share && share <= total, "a share is a part of the whole")
        self.total = total
        self.share = share
    }

    /// Bytes that are reserved now.
    var used: Int { state.withLock(\.used) }

    /// How many wait now.
    var waiting: Int { state.withLock(\.waiters.count) }

    /// Takes so many bytes, of at most `share`, waiting until there are as many.
    ///
    /// Throws `CancellationError` when the task is cancelled meanwhile; then nothing is taken.
    func reserve(_ bytes: Int, for source: CallSource) async throws {
        precondition(bytes <= share, "one reservation is at most a share")
        let id: UInt64? = state.withLock { state in
            let mayOvertake = !state.waiters.contains { isHeldUpByTotal($0, state) }
            if mayOvertake, fits(bytes, source, state) {
                take(bytes, source, &state)
                return nil
            }
            state.nextID += 1
            state.arriving[state.nextID] = false
            return state.nextID
        }
        guard let id else { return }
        try await wait(id, bytes, source)
    }

    /// Gives back what `reserve` took.
    func release(_ bytes: Int, for source: CallSource) {
        let served = state.withLock { state -> [Waiter] in
            state.used -= bytes
            let left = (state.usedBySource[source] ?? 0) - bytes
            state.usedBySource[source] = left == 0 ? nil : left
            return serve(&state)
        }
        for waiter in served { waiter.continuation.resume() }
    }

    private func wait(_ id: UInt64, _ bytes: Int, _ source: CallSource) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (served, isCancelled) = state.withLock { state -> ([Waiter], Bool) in
                    guard state.arriving.removeValue(forKey: id) == false else { return ([], true) }
                    state.waiters.append(
                        Waiter(id: id, bytes: bytes, source: source, continuation: continuation)
                    )
                    // What was given back since the first look must not be missed.
                    return (serve(&state), false)
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                for waiter in served { waiter.continuation.resume() }
            }
        } onCancel: {
            let (waiter, served) = state.withLock { state -> (Waiter?, [Waiter]) in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    // It has not come yet, or has been served and has nothing to wait for any more.
                    if state.arriving[id] != nil { state.arriving[id] = true }
                    return (nil, [])
                }
                return (state.waiters.remove(at: index), serve(&state))
            }
            waiter?.continuation.resume(throwing: CancellationError())
            for waiter in served { waiter.continuation.resume() }
        }
    }

    private func fits(_ bytes: Int, _ source: CallSource, _ state: State) -> Bool {
        state.used + bytes <= total && (state.usedBySource[source] ?? 0) + bytes <= share
    }

    /// Whether a waiter has room in its share, so that only the whole is lacking: then nobody may overtake it.
    private func isHeldUpByTotal(_ waiter: Waiter, _ state: State) -> Bool {
        (state.usedBySource[waiter.source] ?? 0) + waiter.bytes <= share
    }

    private func take(_ bytes: Int, _ source: CallSource, _ state: inout State) {
        state.used += bytes
        state.usedBySource[source, default: 0] += bytes
    }

    /// Takes the waiters out that can be served now.
    private func serve(_ state: inout State) -> [Waiter] {
        var served: [Waiter] = []
        var index = 0
        while index < state.waiters.count {
            let waiter = state.waiters[index]
            if fits(waiter.bytes, waiter.source, state) {
                take(waiter.bytes, waiter.source, &state)
                served.append(state.waiters.remove(at: index))
            } else if isHeldUpByTotal(waiter, state) {
                break
            } else {
                index += 1
            }
        }
        return served
    }
}
