import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// How many batches of a blob are still named by records.
struct BlobRecord: Codable, Sendable {
    /// The blob's name in the blob store.
    var name: String
    var batches: Int
}

/// Removes batches of one stream with all that points to them, in the caller's transaction.
struct BatchRemoval {
    let core: LogsCore
    let scope: Scope
    let group: LogGroupID
    let stream: LogStreamID

    /// Adds the changes to `transaction` and returns the blobs to delete once it is committed.
    func add(
        _ batches: [Stored<Batch>],
        to transaction: inout RecordTransaction
    ) async throws -> [String] {
        for batch in batches {
            let first = batch.value.firstTimestamp
            let sequence = batch.value.firstSequence
            // Maintenance may have moved it since it was read.
            transaction.conditions.append(.unchanged(batch.key, batch.revision))
            transaction.changes += [
                .delete(batch.key),
                .delete(LogsKey.streamTime(scope, group, stream, first: first, sequence)),
                .delete(LogsKey.groupTime(scope, group, stream, first: first, sequence)),
            ]
        }
        try await shrink(by: batches.reduce(0) { $0 + $1.value.bytes }, &transaction)
        return try await release(batches.map(\.value), &transaction)
    }

    private func shrink(
        by bytes: Int64,
        _ transaction: inout RecordTransaction
    ) async throws {
        let key = LogsKey.size(scope, group)
        let size = try await core.store.get(key, as: GroupSize.self)
        transaction.conditions.append(
            size.map { .unchanged(key, $0.revision) } ?? .absent(key)
        )
        transaction.changes.append(
            try core.store.put(key, GroupSize(bytes: (size?.value.bytes ?? 0) - bytes))
        )
    }

    /// Counts the batches out of their blobs; an empty blob goes.
    private func release(
        _ batches: [Batch],
        _ transaction: inout RecordTransaction
    ) async throws -> [String] {
        var counts: [String: Int] = [:]
        for case .blob(let name, _, _) in batches.map(\.location) { counts[name, default: 0] += 1 }
        var emptied: [String] = []
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            let key = LogsKey.blob(scope, group, name)
            guard let blob = try await core.store.get(key, as: BlobRecord.self) else {
                throw StorageError.corrupt("the record of blob \(name) is missing")
            }
            transaction.conditions.append(.unchanged(key, blob.revision))
            if blob.value.batches > count {
                let left = BlobRecord(name: name, batches: blob.value.batches - count)
                transaction.changes.append(try core.store.put(key, left))
            } else {
                transaction.changes.append(.delete(key))
                emptied.append(name)
            }
        }
        return emptied
    }

    /// Deletes blobs that no record names any more; those a crash leaves are collected later.
    func delete(_ blobs: [String]) async throws {
        for name in blobs { try await core.blobs.delete(name) }
    }
}
