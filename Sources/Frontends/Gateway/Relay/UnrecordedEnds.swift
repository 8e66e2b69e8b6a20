import ServiceKit
import Vocabulary

/// Ends of sessions that the directory refused to write down, kept to be tried again.
///
/// They are in memory only. A node is not told that its report has come until it is written down, so that after
/// a crash it reports again. What the gateway decided is in the session's record since it began to end; if that
/// could not be written either, the session counts as live after a crash, and is decided on again.
struct UnrecordedEnds: Sendable {
    private(set) var all: [NodeRegistry.SessionKey: SessionEnd] = [:]
    private let limit: Int

    init(limit: Int = Limits.unrecordedEnds) {
        self.limit = limit
    }

    /// Keeps the first end of a session; false when there is no room.
    mutating func keep(_ end: SessionEnd, of key: NodeRegistry.SessionKey) -> Bool {
        guard all[key] == nil else { return true }
        guard all.count < limit else { return false }
        all[key] = end
        return true
    }

    subscript(_ key: NodeRegistry.SessionKey) -> SessionEnd? {
        get { all[key] }
        set { all[key] = newValue }
    }
}
