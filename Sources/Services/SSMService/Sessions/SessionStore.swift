import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

/// Sessions as records: one for the session, one in the order of time, one for its node.
extension SSMService {
    func session(
        _ id: SessionID,
        in scope: Scope
    ) async throws -> Stored<SessionRecord>? {
        try await store.get(.session(id, scope), as: SessionRecord.self)
    }

    /// Writes a new session, with the audit record of the call that started it.
    func create(_ record: SessionRecord, _ context: OperationContext) async throws {
        let scope = context.scope
        let id = try record.sessionID
        let node = RecordKey.node(try record.nodeID, scope)
        try await store.commit(
            RecordTransaction(
                // A node that is deregistered meanwhile gets no session.
                conditions: [.absent(.session(id, scope)), .present(node)],
                changes: [
                    store.put(.session(id, scope), record),
                    store.put(record.position(below: .activeSessions(scope)), record.id),
                    store.put(
                        RecordKey.sessions(of: try record.nodeID, scope).appending(record.id),
                        record.id
                    ),
                ]
            ),
            auditing: context
        )
    }

    /// What a session looks like after an event; nil when there is no such session.
    ///
    /// Ending moves it from the list of active sessions to the history in the same transaction.
    @discardableResult
    func apply(
        _ event: SessionState.Event,
        to id: SessionID,
        end: SessionEnd? = nil,
        in scope: Scope,
        auditing context: OperationContext? = nil
    ) async throws -> SessionRecord? {
        try await retryingConflicts {
            guard let stored = try await session(id, in: scope) else { return nil }
            var record = stored.value
            let state = record.state(after: event)
            guard state != record.state else { return record }
            let now = clock.now()
            record.state = state
            record.changed = now
            if state == .terminating { record.verdict = SessionVerdict(end) }
            var moves: [RecordTransaction.Change] = []
            if state.isEnded {
                record.ended = now
                record.details = (record.verdict?.reason ?? end?.output)?.nonEmptyDetails
                record.logGroup = end?.logGroup
                record.logStream = end?.logStream
                moves = [
                    .delete(record.position(below: .activeSessions(scope))),
                    try store.put(record.position(below: .endedSessions(scope)), record.id),
                ]
            }
            let transaction = RecordTransaction(
                conditions: [.unchanged(stored.key, stored.revision)],
                changes: [try store.put(stored.key, record)] + moves
            )
            if let context {
                try await store.commit(transaction, auditing: context)
            } else {
                try await store.commit(transaction)
            }
            return record
        }
    }

    /// Forgets that a node may still run a session, once the node has said or been told that it is over.
    func release(_ id: SessionID, of node: NodeID, in scope: Scope) async throws {
        try await store.commit(
            RecordTransaction(changes: [
                .delete(RecordKey.sessions(of: node, scope).appending(id.description))
            ])
        )
    }

    /// The sessions that a node may still run, those that ended without its knowing included.
    func sessions(of node: NodeID, in scope: Scope) async throws -> [SessionRecord] {
        var records: [SessionRecord] = []
        var after: RecordKey?
        while true {
            let batch = try await store.range(
                .sessions(of: node, scope),
                as: String.self,
                after: after,
                limit: Limits.recordBatch
            )
            for entry in batch {
                if let id = try? SessionID(parsing: entry.value),
                    let stored = try await session(id, in: scope)
                {
                    records.append(stored.value)
                }
            }
            guard batch.count == Limits.recordBatch else { return records }
            after = batch.last?.key
        }
    }

    /// Ends every session of a node that is no longer there.
    func endSessions(of node: NodeID, output: String, in scope: Scope) async throws {
        for record in try await sessions(of: node, in: scope) {
            let id = try record.sessionID
            await nodes.close(id, of: node, output: output, in: scope)
            try await apply(
                .completed,
                to: id,
                end: SessionEnd(status: .terminated, output: output),
                in: scope
            )
            try await release(id, of: node, in: scope)
        }
    }
}

extension String {
    /// AWS's field holds up to 1024 characters and is left out when empty.
    fileprivate var nonEmptyDetails: String? {
        isEmpty ? nil : String(prefix(1024))
    }
}
