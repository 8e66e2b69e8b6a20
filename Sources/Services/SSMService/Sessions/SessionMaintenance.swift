import FoundationEssentials
import Logging
import ServiceKit
import Storage
import Vocabulary

/// What nobody asks for and must be done: ends that nobody reports, and history that is too old.
extension SSMService {
    /// To be called once when the server starts, before nodes and people come back.
    ///
    /// The restart cut both ends of every session. Those that attach again go on; the rest end as sessions
    /// do that nobody resumes.
    func serverStarted(in scope: Scope) async throws {
        try await forEachActiveSession(in: scope) { record in
            try await apply(.clientLost, to: record.sessionID, in: scope)
        }
    }

    /// Ends what is over and forgets what is old.
    ///
    /// To be called every minute or so; harmless at any time.
    func maintain(in scope: Scope) async throws {
        let now = clock.now()
        try await forEachActiveSession(in: scope) { record in
            guard let overdue = record.overdue(at: now) else { return }
            let id = try record.sessionID
            let node = try record.nodeID
            let reason = record.verdict?.reason ?? overdue
            logger.notice("session \(id) ends: \(reason)")
            await nodes.close(id, of: node, output: reason, in: scope)
            try await apply(
                .completed,
                to: id,
                end: SessionEnd(status: .terminated, output: reason),
                in: scope
            )
        }
        try await removeHistory(before: now.addingTimeInterval(-Limits.sessionHistory), in: scope)
    }

    private func forEachActiveSession(
        in scope: Scope,
        _ body: (SessionRecord) async throws -> Void
    ) async throws {
        var after: RecordKey?
        while true {
            let batch = try await store.range(
                .activeSessions(scope),
                as: String.self,
                after: after,
                limit: Limits.recordBatch
            )
            for entry in batch {
                guard let id = try? SessionID(parsing: entry.value),
                    let stored = try await session(id, in: scope)
                else { continue }
                try await body(stored.value)
            }
            guard batch.count == Limits.recordBatch else { return }
            after = batch.last?.key
        }
    }

    /// Removes sessions that ended before a time.
    ///
    /// They are in the order of their start, and none ended before
    /// it started, so that the first one that started later is where to stop.
    private func removeHistory(before limit: Date, in scope: Scope) async throws {
        var after: RecordKey?
        while true {
            let batch = try await store.range(
                .endedSessions(scope),
                as: String.self,
                after: after,
                limit: Limits.recordBatch
            )
            for entry in batch {
                after = entry.key
                guard let id = try? SessionID(parsing: entry.value),
                    let record = try await session(id, in: scope)?.value
                else { continue }
                guard record.started < limit else { return }
                guard let ended = record.ended, ended < limit else { continue }
                try await store.commit(
                    RecordTransaction(changes: [
                        .delete(entry.key), .delete(.session(id, scope)),
                        .delete(
                            RecordKey.sessions(of: try record.nodeID, scope).appending(record.id)
                        ),
                    ])
                )
            }
            guard batch.count == Limits.recordBatch else { return }
        }
    }
}

extension SessionRecord {
    /// Why a session is over though nobody said so; nil while it may go on.
    ///
    /// The gateway ends sessions by its own timers; what is found here is what it lost sight of.
    func overdue(at now: Date) -> String? {
        let sinceChange = now.timeIntervalSince(changed)
        let grace = Limits.sessionCompletionGrace
        if let maxDurationMinutes,
            now.timeIntervalSince(started) > Double(maxDurationMinutes * 60) + grace
        {
            return "The session reached its maximum duration."
        }
        switch state {
        case .created where sinceChange > grace: return "Nobody attached to the session."
        case .terminating where sinceChange > grace: return "The node did not report the end."
        case .disconnected where sinceChange > Double(idleTimeoutMinutes * 60):
            return "The session was not resumed within its idle timeout."
        default: return nil
        }
    }
}
