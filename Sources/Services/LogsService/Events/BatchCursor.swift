import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// A batch as an index by time names it.
struct IndexedBatch: Sendable {
    let stream: LogStreamID
    let sequence: UInt64
    let firstTimestamp: Int64
    let lastTimestamp: Int64
    let streamName: String
}

/// Walks the batches of one or several indexes in the order of their first events.
///
/// It holds one page of index records for each index, never batches.
struct BatchCursor {
    private struct Source {
        let prefix: RecordKey
        var after: RecordKey?
        var page: ArraySlice<IndexedBatch> = []
        var isExhausted = false
    }

    private let store: RecordStore
    private let backwards: Bool
    private let pageSize: Int
    private var sources: [Source]

    /// - Parameters:
    ///   - indexes: prefixes of indexes by time.
    ///   - timestamp: where to begin; nothing that begins beyond it, seen in the direction, is returned.
    init(
        _ store: RecordStore,
        indexes: [RecordKey],
        beginning timestamp: Int64,
        backwards: Bool
    ) {
        self.store = store
        self.backwards = backwards
        // Forwards the first key at that time is the bound; backwards, the first one past it.
        let bound = UInt64(max(0, timestamp)) + (backwards ? 1 : 0)
        sources = indexes.map {
            Source(prefix: $0, after: $0.appending(String(sortable: bound)))
        }
        pageSize = max(10, Limits.Logs.indexPage / max(1, indexes.count))
    }

    mutating func next() async throws -> IndexedBatch? {
        for index in sources.indices { try await fill(&sources[index]) }
        var best: (index: Int, batch: IndexedBatch)?
        for (index, source) in sources.enumerated() {
            guard let candidate = source.page.first else { continue }
            guard let current = best?.batch else {
                best = (index, candidate)
                continue
            }
            let isEarlier = candidate.firstTimestamp < current.firstTimestamp
            let isLater = candidate.firstTimestamp > current.firstTimestamp
            if backwards ? isLater : isEarlier { best = (index, candidate) }
        }
        guard let best else { return nil }
        sources[best.index].page.removeFirst()
        return best.batch
    }

    private func fill(_ source: inout Source) async throws {
        guard source.page.isEmpty, !source.isExhausted else { return }
        let records = try await store.range(
            source.prefix,
            as: BatchTimes.self,
            after: source.after,
            limit: pageSize,
            backwards: backwards
        )
        source.isExhausted = records.count < pageSize
        source.after = records.last?.key ?? source.after
        source.page = try records.map { try Self.indexed($0) }[...]
    }

    /// Both indexes end in: first timestamp, stream, sequence.
    static func indexed(_ record: Stored<BatchTimes>) throws(StorageError) -> IndexedBatch {
        let parts = record.key.components.suffix(3).compactMap { UInt64($0) }
        guard parts.count == 3 else {
            throw .corrupt("an index record of a log batch has no place")
        }
        return IndexedBatch(
            stream: LogStreamID(parts[1]),
            sequence: parts[2],
            firstTimestamp: Int64(clamping: parts[0]),
            lastTimestamp: record.value.lastTimestamp,
            streamName: record.value.streamName
        )
    }
}
