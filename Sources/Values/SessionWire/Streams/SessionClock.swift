/// The time as the machines use it: two readings of one wall clock.
///
/// Timers run on `steady`, which never goes back: when the wall clock is set back, steady time stands still for
/// that reading and goes on from there. Both are milliseconds.
struct SessionClock: Sendable {
    /// Milliseconds since the epoch, as last told.
    private(set) var wall: Int64 = 0
    /// Milliseconds that never go back.
    private(set) var steady: Int64 = 0

    mutating func advance(to now: Int64) {
        // The first reading sets both; afterwards only differences count.
        if wall == 0 { steady = now } else { steady += max(0, now - wall) }
        wall = now
    }

    /// When, on the wall clock, steady time will have come to `deadline`.
    func wallTime(of deadline: Int64) -> Int64 { wall + max(0, deadline - steady) }
}
