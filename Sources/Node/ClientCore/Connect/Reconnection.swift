import Vocabulary

/// How long to wait before each attempt to take up a broken channel again, and when to give up.
///
/// The first attempt is at once, then pauses double from 100 ms up to `Limits.clientLongestReconnectPause`,
/// each lengthened by a random part, for `Limits.clientReconnectTime` in all. Milliseconds, as the session's
/// machine has them.
package struct Reconnection: Equatable, Sendable {
    private var attempts = 0
    private let startedAt: Int64

    package init(now: Int64) {
        startedAt = now
    }

    /// The pause before the next attempt; nil when it is time to give up.
    ///
    /// `fraction` is random, 0 ..< 1.
    package mutating func nextPause(now: Int64, fraction: Double) -> Int64? {
        guard now - startedAt < Limits.clientReconnectTime else { return nil }
        defer { attempts += 1 }
        guard attempts > 0 else { return 0 }
        let base = min(100 << min(Int64(attempts - 1), 16), Limits.clientLongestReconnectPause)
        return base + Int64(Double(base) * min(max(fraction, 0), 1))
    }
}
