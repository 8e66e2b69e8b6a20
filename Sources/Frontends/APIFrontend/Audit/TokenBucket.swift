import FoundationEssentials

/// Lets so many things happen at once, and so many a second in the long run.
///
/// A value without a clock; one that jumps back fills nothing and takes nothing away.
struct TokenBucket: Sendable {
    private let size: Double
    private let perSecond: Double
    private var tokens: Double
    private var filled: Date

    /// A full one.
    init(size: Int, perSecond: Double, now: Date) {
        self.size = Double(size)
        self.perSecond = perSecond
        tokens = Double(size)
        filled = now
    }

    /// Takes a token; false when there is none.
    mutating func take(at now: Date) -> Bool {
        tokens = level(at: now)
        filled = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// Goes on from now if the clock was set back, rather than from a time that is yet to come.
    mutating func follow(_ now: Date) { filled = min(filled, now) }

    func isFull(at now: Date) -> Bool { level(at: now) >= size }

    private func level(at now: Date) -> Double {
        min(size, tokens + max(0, now.timeIntervalSince(filled)) * perSecond)
    }
}
