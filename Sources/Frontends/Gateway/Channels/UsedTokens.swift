import FoundationEssentials
import Vocabulary

/// Tokens that have opened a channel: each does so once.
///
/// A token is good for a minute, so that it need not be remembered for longer than two. When more have been used
/// than are remembered, the next ones are refused rather than old ones forgotten.
struct UsedTokens: Sendable {
    private var expiries: [String: Date] = [:]
    private let limit: Int

    init(limit: Int = Limits.usedChannelTokens) {
        self.limit = limit
    }

    /// Marks the token as used; false when it was, or when no more can be remembered.
    mutating func use(_ token: String, now: Date) -> Bool {
        if expiries.count >= limit { expiries = expiries.filter { $0.value > now } }
        guard expiries.count < limit, expiries[token].map({ $0 <= now }) ?? true else {
            return false
        }
        expiries[token] = now.addingTimeInterval(Limits.usedChannelTokenSeconds)
        return true
    }

    mutating func forgetExpired(now: Date) {
        guard expiries.values.contains(where: { $0 <= now }) else { return }
        expiries = expiries.filter { $0.value > now }
    }
}
