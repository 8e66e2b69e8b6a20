import FoundationEssentials
import Synchronization
import Vocabulary

/// Tokens that have opened a channel: each does so once.
///
/// A token is good for a minute, so that it need not be remembered for longer than two. When more have been used
/// than are remembered, the next ones are refused rather than old ones forgotten. Each use costs the same however
/// many there are: all are remembered for the same time, so that they run out in the order in which they came.
///
/// A class with a lock of its own, since every connection asks it.
final class UsedTokens: Sendable {
    private struct State {
        var tokens: Set<String> = []
        /// In the order of their use; those before `oldest` are forgotten.
        var uses: [(token: String, expiry: Date)] = []
        var oldest = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int = Limits.usedChannelTokens) {
        self.limit = limit
    }

    /// Marks the token as used; false when it was, or when no more can be remembered.
    func use(_ token: String, now: Date) -> Bool {
        state.withLock { state in
            Self.forgetExpired(&state, now: now)
            guard state.tokens.count < limit, state.tokens.insert(token).inserted else {
                return false
            }
            state.uses.append((token, now.addingTimeInterval(Limits.usedChannelTokenSeconds)))
            return true
        }
    }

    func forgetExpired(now: Date) {
        state.withLock { Self.forgetExpired(&$0, now: now) }
    }

    private static func forgetExpired(_ state: inout State, now: Date) {
        while state.oldest < state.uses.count, state.uses[state.oldest].expiry <= now {
            state.tokens.remove(state.uses[state.oldest].token)
            state.oldest += 1
        }
        // Moved together once half of it is forgotten, so that each use pays for moving at most one other.
        if state.oldest > state.uses.count / 2 {
            state.uses.removeFirst(state.oldest)
            state.oldest = 0
        }
    }
}
