import FoundationEssentials
import SessionWire
import Synchronization
import Vocabulary
import Waiting

/// The outbox of completions, shared between the sessions that end and the channel that reports it.
final class Completions: Sendable {
    private let outbox = Mutex(CompletionOutbox())
    private let bell = Doorbell()
    private let farewell = Doorbell()
    private let entropy: any Entropy
    private let clock: any WallClock

    init(clock: any WallClock, entropy: any Entropy) {
        self.clock = clock
        self.entropy = entropy
    }

    private var now: Int64 { Int64(clock.now().timeIntervalSince1970 * 1000) }

    func add(_ report: AgentTaskComplete) {
        let id = MessageID(entropy: entropy)
        outbox.withLock { $0.add(report, id: id, now: now) }
        bell.ring()
    }

    func acknowledge(_ id: String) {
        let isEmpty = outbox.withLock { outbox in
            outbox.acknowledge(id)
            return outbox.isEmpty
        }
        if isEmpty { farewell.ring() }
    }

    /// Sends what is due with `send`, for as long as the channel stands.
    func run(_ send: (AgentMessage) async throws -> Void) async throws {
        outbox.withLock { $0.channelOpened(now: now) }
        while true {
            try Task.checkCancellation()
            for message in outbox.withLock({ $0.due(now: now) }) { try await send(message) }
            if let next = outbox.withLock({ $0.nextDue }) {
                await bell.wait(upTo: .milliseconds(max(10, next - now)))
            } else {
                await bell.wait()
            }
        }
    }

    /// Waits until all are acknowledged, but no longer than that.
    func waitUntilAcknowledged(upTo limit: Duration) async {
        if outbox.withLock({ $0.isEmpty }) { return }
        await farewell.wait(upTo: limit)
    }
}
