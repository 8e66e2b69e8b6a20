import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Moves batches from the front of the append log into immutable blobs, one for each group.
///
/// The order makes a crash harmless at every step:
/// 1. The fence record moves to the end of the extent. A put that appended inside it and has not committed
///    yet will fail its transaction and append again, so that from here on the records tell which entries count.
/// 2. Each group's batches that records name are put together as a blob, named for its content.
/// 3. One transaction names the blobs and moves the batches' locations to them.
/// 4. The append log is truncated before the extent's end.
///
/// Sealed bytes are moved as they are; no key is needed, so that a disabled one hinders nothing here.
struct Compaction {
    let core: LogsCore

    private struct Extent {
        var entries: [LogEntry] = []
        var bytes = 0
    }

    private struct Moved {
        let batch: Stored<Batch>
        let bytes: [UInt8]
    }

    private struct Owner: Hashable {
        let scope: Scope
        let group: LogGroupID
    }

    /// Moves as long as there is a full extent.
    func moveFullExtents() async throws {
        while let extent = try await firstExtent(), extent.bytes >= Limits.Logs.extentBytes {
            try await move(extent)
        }
        core.appended.reset()
    }

    /// Moves everything, in extents of the usual size.
    func moveEverything() async throws {
        while let extent = try await firstExtent() { try await move(extent) }
        core.appended.reset()
    }

    /// The entries at the front of the append log, up to an extent's size; nil if there are none.
    private func firstExtent() async throws -> Extent? {
        var extent = Extent()
        var next = LogPosition(offset: 0)
        while extent.bytes < Limits.Logs.extentBytes {
            let page = try await core.log.entries(from: next, limit: Limits.Logs.extentEntries)
            guard let last = page.last else { break }
            for entry in page where extent.bytes < Limits.Logs.extentBytes {
                extent.entries.append(entry)
                extent.bytes += entry.bytes.count
            }
            next = LogPosition(offset: last.position.offset + 1)
        }
        return extent.entries.isEmpty ? nil : extent
    }

    private func move(_ extent: Extent) async throws {
        guard let last = extent.entries.last else { return }
        let end = LogPosition(offset: last.position.offset + 1)
        try await raiseFence(to: end)
        try await core.retrying {
            var live: [Owner: [Moved]] = [:]
            for entry in extent.entries {
                guard let (owner, moved) = try await liveBatch(entry) else { continue }
                live[owner, default: []].append(moved)
            }
            var transaction = RecordTransaction()
            for (owner, batches) in live { try await move(batches, of: owner, in: &transaction) }
            try await core.store.commit(transaction)
        }
        try await core.log.truncate(before: end)
    }

    private func raiseFence(to end: LogPosition) async throws {
        try await core.retrying {
            let fence = try await core.store.get(LogsKey.fence, as: LogFence.Mark.self)
            guard fence.map({ $0.value.before < end.offset }) ?? true else { return }
            try await core.store.commit(
                RecordTransaction(
                    conditions: [
                        fence.map { .unchanged(LogsKey.fence, $0.revision) }
                            ?? .absent(LogsKey.fence)
                    ],
                    changes: [
                        try core.store.put(LogsKey.fence, LogFence.Mark(before: end.offset))
                    ]
                )
            )
        }
        core.fence.forget()
    }

    /// The batch that an entry is, if a record names the entry; else it is left over and is dropped.
    private func liveBatch(_ entry: LogEntry) async throws -> (Owner, Moved)? {
        let header: LogBatchHeader
        do {
            header = try LogBatch.header(of: entry.bytes)
        } catch {
            throw StorageError.corrupt("log entry \(entry.position.offset): \(error)")
        }
        let owner = Owner(
            scope: Scope(
                account: try AccountID(parsing: header.stream.account),
                region: try Region(parsing: header.stream.region)
            ),
            group: header.stream.group
        )
        let key = LogsKey.batch(
            owner.scope,
            owner.group,
            header.stream.stream,
            header.firstSequence
        )
        guard let batch = try await core.store.get(key, as: Batch.self),
            batch.value.location == .log(offset: entry.position.offset)
        else { return nil }
        return (owner, Moved(batch: batch, bytes: entry.bytes))
    }

    /// Puts the blob of one group, and adds the changes that name it.
    private func move(
        _ batches: [Moved],
        of owner: Owner,
        in transaction: inout RecordTransaction
    ) async throws {
        let blob = BatchBlob(batches.map(\.bytes))
        let name = Self.name(of: blob, owner)
        try await core.blobs.put(name, blob.bytes)
        let key = LogsKey.blob(owner.scope, owner.group, name)
        transaction.conditions.append(.absent(key))
        transaction.changes.append(
            try core.store.put(key, BlobRecord(name: name, batches: batches.count))
        )
        for (moved, range) in zip(batches, blob.ranges) {
            var batch = moved.batch.value
            batch.location = .blob(name: name, offset: range.lowerBound, length: range.count)
            transaction.conditions.append(.unchanged(moved.batch.key, moved.batch.revision))
            transaction.changes.append(try core.store.put(moved.batch.key, batch))
        }
    }

    private static func name(of blob: BatchBlob, _ owner: Owner) -> String {
        "logs/\(owner.scope.account)/\(owner.scope.region)/\(owner.group)/"
            + LogDigest(of: blob.bytes).description
    }
}

/// Deletes blobs that no record has named for an hour: what a crash between blob and record leaves.
struct OrphanedBlobs {
    let core: LogsCore

    private struct Seen: Codable, Sendable {
        var time: Int64
    }

    func collect() async throws {
        var after: String?
        while true {
            let names = try await core.blobs.list(
                prefix: "logs/",
                after: after,
                limit: Limits.Logs.indexPage
            )
            for name in names { try await look(at: name) }
            guard names.count == Limits.Logs.indexPage else { return }
            after = names.last
        }
    }

    private func look(at name: String) async throws {
        let parts = name.split(separator: "/").map(String.init)
        guard parts.count == 5, let account = try? AccountID(parsing: parts[1]),
            let region = try? Region(parsing: parts[2]), let group = LogGroupID(parts[3])
        else { return }
        let scope = Scope(account: account, region: region)
        let mark = LogsKey.orphan(name)
        let record = LogsKey.blob(scope, group, name)
        let seen = try await core.store.get(mark, as: Seen.self)
        guard try await core.store.get(record, as: BlobRecord.self) == nil else {
            if seen != nil { try await core.store.commit(.init(changes: [.delete(mark)])) }
            return
        }
        guard let seen else {
            let change = try core.store.put(mark, Seen(time: core.now))
            try await core.store.commit(.init(changes: [change]))
            return
        }
        guard core.now - seen.value.time >= Int64(Limits.Logs.orphanedBlobSeconds * 1000) else {
            return
        }
        // Only while it is still unnamed; the blob goes after, and a crash between only costs another round.
        try await core.blobs.delete(name)
        try await core.store.commit(.init(conditions: [.absent(record)], changes: [.delete(mark)]))
    }
}
