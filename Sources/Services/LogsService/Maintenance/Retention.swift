import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Removes events that are older than their group keeps them.
///
/// Readers leave them out from the moment they expire; this gives the room back. Batches go from the front
/// of their stream's chain only, so that what is left is still one chain, beginning at the tombstone's root:
/// a batch that arrived late, behind younger ones, waits for those before it.
struct Retention {
    let core: LogsCore
    let scope: Scope

    func remove() async throws {
        var after: RecordKey?
        while true {
            let groups = try await core.store.range(
                LogsKey.groups(scope),
                as: LogGroup.self,
                after: after,
                limit: Limits.Logs.indexPage
            )
            for group in groups where group.value.retentionInDays != nil {
                try await remove(from: group.value)
            }
            guard groups.count == Limits.Logs.indexPage else { return }
            after = groups.last?.key
        }
    }

    private func remove(from group: LogGroup) async throws {
        let groupID = try group.groupID
        let oldest = group.oldestKept(now: core.now)
        var after: RecordKey?
        while true {
            let page = try await core.store.range(
                LogsKey.groupTimes(scope, groupID),
                as: BatchTimes.self,
                after: after,
                limit: Limits.Logs.indexPage
            )
            let batches = try page.map { try BatchCursor.indexed($0) }
            let expired = batches.filter { $0.lastTimestamp < oldest }
            let streams = Dictionary(
                expired.map { ($0.stream, $0.streamName) },
                uniquingKeysWith: { first, _ in first }
            )
            for (id, name) in streams.sorted(by: { $0.key < $1.key }) {
                while try await removeFront(of: name, id, group, oldest) {}
            }
            guard page.count == Limits.Logs.indexPage,
                let last = batches.last, last.firstTimestamp < oldest
            else { return }
            after = page.last?.key
        }
    }

    /// Removes batches from the front of a stream; returns whether there may be more.
    private func removeFront(
        of name: String,
        _ id: LogStreamID,
        _ group: LogGroup,
        _ oldest: Int64
    ) async throws -> Bool {
        try await core.lanes.run(id) {
            try await core.retrying {
                try await attempt(name, id, group, oldest)
            }
        }
    }

    private func attempt(
        _ name: String,
        _ id: LogStreamID,
        _ group: LogGroup,
        _ oldest: Int64
    ) async throws -> Bool {
        let groupID = try group.groupID
        let key = LogsKey.stream(scope, groupID, name)
        guard let stream = try await core.store.get(key, as: LogStream.self),
            stream.value.streamID == id
        else { return false }
        let front = try await core.store.range(
            LogsKey.batches(scope, groupID, id),
            as: Batch.self,
            limit: Limits.Logs.batchesPerTransaction
        )
        let expired = Array(front.prefix { $0.value.lastTimestamp < oldest })
        guard let last = expired.last?.value else { return false }
        guard let root = LogDigest(hex: last.root) else {
            throw StorageError.corrupt("a batch of log stream \(name) has no root")
        }
        var updated = stream.value
        updated.firstSequence = last.nextSequence
        updated.firstEventTimestamp = try await firstTimestamp(
            without: expired.map(\.value),
            id,
            groupID
        )
        var transaction = RecordTransaction(
            conditions: [.unchanged(key, stream.revision)],
            changes: [try core.store.put(key, updated)]
        )
        let removal = BatchRemoval(core: core, scope: scope, group: groupID, stream: id)
        let emptied = try await removal.add(expired, to: &transaction)
        transaction.changes += try await core.accountLog.bury(
            Tombstone(
                stream: LogStreamIdentity(
                    account: scope.account.description,
                    region: scope.region.description,
                    group: groupID,
                    stream: id
                ),
                groupName: group.name,
                streamName: name,
                reason: .retention,
                firstSequence: stream.value.firstSequence,
                nextSequence: last.nextSequence,
                lastRoot: root,
                time: core.now
            ),
            scope
        )
        try await core.store.commit(transaction)
        try await removal.delete(emptied)
        return expired.count == Limits.Logs.batchesPerTransaction
    }

    /// When the first event that is left happened.
    private func firstTimestamp(
        without expired: [Batch],
        _ id: LogStreamID,
        _ group: LogGroupID
    ) async throws -> Int64? {
        let gone = Set(expired.map(\.firstSequence))
        // Among so many, one is left if any is.
        let first = try await core.store.range(
            LogsKey.streamTimes(scope, group, id),
            as: BatchTimes.self,
            limit: gone.count + 1
        )
        return try first.map { try BatchCursor.indexed($0) }
            .first { !gone.contains($0.sequence) }?.firstTimestamp
    }
}
