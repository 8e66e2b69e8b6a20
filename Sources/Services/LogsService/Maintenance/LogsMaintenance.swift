import FoundationEssentials
import Logging
import ServiceKit
import Storage
import Synchronization
import Vocabulary

/// The work of the log store that no call waits for.
///
/// Each part is safe to stop anywhere and to do again, and to do on several servers at once: what it decides
/// is one record transaction, and what lies outside of the records is put before it or removed after it.
package struct LogsMaintenance: Sendable {
    private final class Schedule: Sendable {
        let lastRetention = Mutex<Date?>(nil)
        let lastCollection = Mutex<Date?>(nil)
    }

    let core: LogsCore
    private let schedule = Schedule()

    init(core: LogsCore) {
        self.core = core
    }

    /// Works until its task is cancelled, and signs the last heads before it returns.
    package func run() async throws {
        while !Task.isCancelled {
            await step()
            do {
                try await Task.sleep(for: .seconds(Limits.Logs.signingSeconds))
            } catch {
                break
            }
        }
        // A task of its own, and waited for: storage refuses to work in one that is cancelled.
        await Task { await signHeads() }.value
    }

    /// Does once whatever is due by the clock.
    package func step() async {
        await signHeads()
        await attempt("removing deleted streams and groups") { scope in
            try await DeletedEvents(core: core, scope: scope).remove()
        }
        if isDue(schedule.lastRetention, every: Limits.Logs.retentionSeconds) {
            await attempt("removing expired events") { scope in
                try await Retention(core: core, scope: scope).remove()
            }
        }
        if core.appended.isFullExtent {
            await attemptOnce("moving batches into blobs") {
                try await Compaction(core: core).moveFullExtents()
            }
        }
        if isDue(schedule.lastCollection, every: Limits.Logs.orphanedBlobSeconds) {
            await attemptOnce("collecting blobs that nothing names") {
                try await OrphanedBlobs(core: core).collect()
            }
        }
    }

    /// Signs what is pending in all accounts and regions.
    package func signHeads() async {
        await attempt("signing heads") { scope in
            while try await core.accountLog.signHead(scope) != nil {}
        }
    }

    /// Moves everything in the append log into blobs, full extent or not.
    package func compact() async throws {
        try await Compaction(core: core).moveEverything()
    }

    // MARK: Doing what can fail

    private func isDue(_ last: borrowing Mutex<Date?>, every seconds: TimeInterval) -> Bool {
        let now = core.clock.now()
        return last.withLock { last in
            if let last, (0..<seconds).contains(now.timeIntervalSince(last)) { return false }
            last = now
            return true
        }
    }

    private func attempt(_ what: String, _ work: (Scope) async throws -> Void) async {
        let scopes: [Scope]
        do {
            scopes = try await self.scopes()
        } catch {
            report(what, error)
            return
        }
        for scope in scopes {
            await attemptOnce(what) { try await work(scope) }
        }
    }

    /// A part that fails is tried again at the next step; the others go on.
    private func attemptOnce(_ what: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            report(what, error)
        }
    }

    private func report(_ what: String, _ error: any Error) {
        core.logger.warning("maintenance of the logs will try again: \(what): \(error)")
    }

    /// All accounts and regions that have ever had a group.
    private func scopes() async throws -> [Scope] {
        var scopes: [Scope] = []
        var after: RecordKey?
        while true {
            let page = try await core.store.range(
                LogsKey.scopes,
                as: Mark.self,
                after: after,
                limit: Limits.Logs.indexPage
            )
            for record in page {
                let parts = record.key.components.suffix(2).map { $0 }
                guard parts.count == 2 else { continue }
                scopes.append(
                    Scope(
                        account: try AccountID(parsing: parts[0]),
                        region: try Region(parsing: parts[1])
                    )
                )
            }
            guard page.count == Limits.Logs.indexPage else { return scopes }
            after = page.last?.key
        }
    }
}
