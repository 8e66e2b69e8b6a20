import SessionWire
import Vocabulary

/// Reports of ended sessions, each kept and sent again until the server acknowledges it.
///
/// The stock agent sends three times and forgets. A session that the server does not know to be over would
/// stand in its list for ever, so ours goes on, more and more rarely, over every new channel.
struct CompletionOutbox {
    private struct Pending {
        let id: MessageID
        var report: AgentTaskComplete
        /// Milliseconds since the epoch; when it is due again.
        var due: Int64
        var pause: Int64
    }

    private var pending: [Pending] = []

    private static let firstPause: Int64 = 1_000
    private static let longestPause: Int64 = 60_000

    var isEmpty: Bool { pending.isEmpty }

    mutating func add(_ report: AgentTaskComplete, id: MessageID, now: Int64) {
        if pending.count >= Limits.completionsKept { pending.removeFirst() }
        var report = report
        report.retryNumber = 0
        pending.append(Pending(id: id, report: report, due: now, pause: Self.firstPause))
    }

    /// A new channel is open: all are due at once.
    mutating func channelOpened(now: Int64) {
        for index in pending.indices {
            pending[index].due = now
            pending[index].pause = Self.firstPause
        }
    }

    /// Takes what is to be sent now.
    mutating func due(now: Int64) -> [AgentMessage] {
        var messages: [AgentMessage] = []
        for index in pending.indices where pending[index].due <= now {
            pending[index].report.retryNumber += 1
            pending[index].due = now + pending[index].pause
            pending[index].pause = min(pending[index].pause * 2, Self.longestPause)
            messages.append(
                AgentMessage(
                    type: .agentTaskComplete,
                    createdDate: UInt64(max(1, now)),
                    id: pending[index].id,
                    payload: pending[index].report.json()
                )
            )
        }
        return messages
    }

    /// When `due` has something next; nil for never.
    var nextDue: Int64? { pending.map(\.due).min() }

    mutating func acknowledge(_ id: String) {
        pending.removeAll { $0.id.description == id.lowercased() }
    }
}
