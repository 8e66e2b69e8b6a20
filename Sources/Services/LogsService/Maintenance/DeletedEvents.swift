import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// A stream that was deleted, or whose group was, and whose batches are still to be removed.
struct DeletedStream: Codable, Sendable {
    var groupName: String
    var stream: LogStream
    var isWholeGroup: Bool
}

/// Removes what deleted streams and groups held, and leaves a tombstone for every stream.
struct DeletedEvents {
    let core: LogsCore
    let scope: Scope

    func remove() async throws {
        try await removeGroups()
        try await removeStreams()
    }

    // MARK: Streams

    private func removeStreams() async throws {
        while true {
            let streams = try await core.store.range(
                LogsKey.deletedStreams(scope),
                as: DeletedStream.self,
                limit: Limits.Logs.indexPage
            )
            for stream in streams { try await remove(stream) }
            guard streams.count == Limits.Logs.indexPage else { return }
        }
    }

    private func remove(_ deleted: Stored<DeletedStream>) async throws {
        guard let group = deleted.key.components.dropLast().last.flatMap({ LogGroupID($0) }) else {
            throw StorageError.corrupt("the record of a deleted stream has no group")
        }
        let stream = deleted.value.stream
        let removal = BatchRemoval(
            core: core,
            scope: scope,
            group: group,
            stream: stream.streamID
        )
        while true {
            let isDone = try await core.retrying {
                let batches = try await core.store.range(
                    LogsKey.batches(scope, group, stream.streamID),
                    as: Batch.self,
                    limit: Limits.Logs.batchesPerTransaction
                )
                var transaction = RecordTransaction(
                    conditions: [.unchanged(deleted.key, deleted.revision)]
                )
                guard !batches.isEmpty else {
                    transaction.changes.append(.delete(deleted.key))
                    transaction.changes += try await tombstone(deleted.value, group)
                    try await core.store.commit(transaction)
                    return true
                }
                let emptied = try await removal.add(batches, to: &transaction)
                try await core.store.commit(transaction)
                try await removal.delete(emptied)
                return false
            }
            if isDone { return }
        }
    }

    /// A stream that never held an event, or none any more, leaves nothing to speak of.
    private func tombstone(
        _ deleted: DeletedStream,
        _ group: LogGroupID
    ) async throws -> [RecordTransaction.Change] {
        let stream = deleted.stream
        guard stream.nextSequence > stream.firstSequence else { return [] }
        return try await core.accountLog.bury(
            Tombstone(
                stream: LogStreamIdentity(
                    account: scope.account.description,
                    region: scope.region.description,
                    group: group,
                    stream: stream.streamID
                ),
                groupName: deleted.groupName,
                streamName: stream.name,
                reason: deleted.isWholeGroup ? .groupDeleted : .streamDeleted,
                firstSequence: stream.firstSequence,
                nextSequence: stream.nextSequence,
                lastRoot: try stream.rootDigest,
                time: core.now
            ),
            scope
        )
    }

    // MARK: Groups

    private func removeGroups() async throws {
        let groups = try await core.store.range(
            LogsKey.deletedGroups(scope),
            as: LogGroup.self,
            limit: Limits.Logs.indexPage
        )
        for group in groups { try await remove(group) }
    }

    /// Turns the group's streams into deleted streams, has them removed, then removes what is left.
    private func remove(_ group: Stored<LogGroup>) async throws {
        let groupID = try group.value.groupID
        while true {
            let streams = try await core.store.range(
                LogsKey.streams(scope, groupID),
                as: LogStream.self,
                limit: Limits.Logs.batchesPerTransaction
            )
            guard !streams.isEmpty else { break }
            var transaction = RecordTransaction()
            for stream in streams {
                let deleted = DeletedStream(
                    groupName: group.value.name,
                    stream: stream.value,
                    isWholeGroup: true
                )
                transaction.conditions.append(.unchanged(stream.key, stream.revision))
                transaction.changes += [
                    .delete(stream.key),
                    .delete(
                        LogsKey.recent(
                            scope,
                            groupID,
                            stream.value.lastEventTimestamp,
                            stream.value.name
                        )
                    ),
                    try core.store.put(
                        LogsKey.deletedStream(scope, groupID, stream.value.streamID),
                        deleted
                    ),
                ]
            }
            try await core.store.commit(transaction)
        }
        try await removeStreams()
        try await removeDataKeys(groupID)
        try await core.store.commit(
            RecordTransaction(
                conditions: [.unchanged(group.key, group.revision)],
                changes: [
                    .delete(LogsKey.span(scope, groupID)), .delete(LogsKey.size(scope, groupID)),
                    .delete(group.key),
                ]
            )
        )
    }

    /// Without its data keys nothing of the group can be opened, wherever a copy of it may lie.
    private func removeDataKeys(_ group: LogGroupID) async throws {
        while true {
            let keys = try await core.store.range(
                LogsKey.dataKeys(scope, group),
                as: DataKeyRecord.self,
                limit: Limits.Logs.indexPage
            )
            guard !keys.isEmpty else { return }
            try await core.store.commit(RecordTransaction(changes: keys.map { .delete($0.key) }))
        }
    }
}
