import LogEngine
import Logging
import ServiceKit
import Storage
import Vocabulary

/// What a reader asks for.
struct EventQuestion: Sendable {
    enum Streams: Sendable {
        case named([LogStream])
        /// All streams of the group whose names begin so, recordings left out unless that names them.
        case group(namesBeginning: String)
    }

    var streams: Streams
    /// The cut at which the range begins, and the one at which it ends.
    var range: Range<EventPosition>
    var pattern = FilterPattern.everything
    var limit: Int
    var backwards = false
    /// Sealed bytes to open before the page ends early; nil to go on until it is full.
    var scanLimit: Int?
}

/// Reads events in order, batch by batch, and holds one batch and one page at a time.
struct EventReader {
    let core: LogsCore
    let group: LogGroup
    let context: OperationContext

    /// The events in order, and the cut at which the next page begins, or nil at the end.
    func page(_ question: EventQuestion) async throws -> PageOfEvents {
        var page = PageOfEvents(limit: question.limit, backwards: question.backwards)
        let range = question.range
        guard !range.isEmpty else { return page }
        let (indexes, span) = try await indexes(question.streams)
        let beginning =
            question.backwards ? range.upperBound.timestamp : range.lowerBound.timestamp - span
        var cursor = BatchCursor(
            core.store,
            indexes: indexes,
            beginning: beginning,
            backwards: question.backwards
        )
        var scanned = 0
        while let batch = try await cursor.next() {
            try Task.checkCancellation()
            if isPast(batch, question, span, page.cut) { break }
            guard batch.lastTimestamp >= range.lowerBound.timestamp,
                isAsked(batch.streamName, question.streams)
            else { continue }
            if let scanLimit = question.scanLimit, scanned >= scanLimit,
                batch.firstTimestamp > range.lowerBound.timestamp
            {
                page.end(before: EventPosition(before: batch.firstTimestamp))
                break
            }
            guard let opened = try await open(batch) else { continue }
            scanned += opened.size
            page.offer(Self.events(opened.batch, batch, question))
        }
        return page
    }

    /// Whether no batch from here on can add to the page.
    private func isPast(
        _ batch: IndexedBatch,
        _ question: EventQuestion,
        _ span: Int64,
        _ cut: EventPosition?
    ) -> Bool {
        guard question.backwards else {
            let end = min(cut ?? .end, question.range.upperBound)
            return batch.firstTimestamp > end.timestamp
        }
        // Batches come by their first events; the last one is at most the span later.
        let end = max(cut ?? .start, question.range.lowerBound)
        return batch.firstTimestamp + span < end.timestamp
    }

    private static func events(
        _ batch: LogBatch,
        _ indexed: IndexedBatch,
        _ question: EventQuestion
    ) -> [ReadEvent] {
        var result: [ReadEvent] = []
        for (offset, event) in batch.events.enumerated() {
            let position = EventPosition(
                timestamp: event.timestamp,
                ingestionTime: batch.header.ingestionTime,
                stream: indexed.stream,
                sequence: batch.header.firstSequence + UInt64(offset)
            )
            guard question.range.contains(position), question.pattern.matches(event.message) else {
                continue
            }
            result.append(
                ReadEvent(
                    position: position,
                    streamName: indexed.streamName,
                    message: event.message
                )
            )
        }
        return result
    }

    // MARK: Which batches

    /// The indexes to walk, and the longest time that a batch in them covers.
    private func indexes(_ streams: EventQuestion.Streams) async throws -> ([RecordKey], Int64) {
        let groupID = try group.groupID
        switch streams {
        case .named(let streams):
            let indexes = streams.map {
                LogsKey.streamTimes(context.scope, groupID, $0.streamID)
            }
            return (indexes, streams.map(\.span).max() ?? 0)
        case .group:
            let key = LogsKey.span(context.scope, groupID)
            let span = try await core.store.get(key, as: BatchSpan.self)?.value.milliseconds
            return ([LogsKey.groupTimes(context.scope, groupID)], span ?? 0)
        }
    }

    private func isAsked(_ name: String, _ streams: EventQuestion.Streams) -> Bool {
        switch streams {
        case .named: true
        case .group(let prefix):
            name.utf8.starts(with: prefix.utf8)
                && (!LogStream.isRecording(name) || LogStream.isRecording(prefix))
        }
    }

    // MARK: Opening

    /// Reads and opens a batch; nil if it was removed since the index was read.
    private func open(_ indexed: IndexedBatch) async throws -> (batch: LogBatch, size: Int)? {
        let groupID = try group.groupID
        let key = LogsKey.batch(context.scope, groupID, indexed.stream, indexed.sequence)
        guard let (record, bytes) = try await bytes(key, indexed) else { return nil }
        let dataKey = try await core.dataKeys.forOpening(record.dataKeyID, of: group, in: context)
        do {
            let batch = try LogBatch.open(bytes, key: dataKey)
            let identity = LogStreamIdentity(
                account: context.scope.account.description,
                region: context.scope.region.description,
                group: groupID,
                stream: indexed.stream
            )
            guard batch.header.stream == identity,
                batch.header.firstSequence == indexed.sequence
            else { throw LogBatchError.notAuthentic }
            return (batch, bytes.count)
        } catch {
            throw damaged(indexed, "\(error)")
        }
    }

    /// The record of a batch and its bytes, wherever maintenance has put them meanwhile.
    private func bytes(
        _ key: RecordKey,
        _ indexed: IndexedBatch
    ) async throws -> (Batch, [UInt8])? {
        var last: Batch.Location?
        while let record = try await core.store.get(key, as: Batch.self)?.value {
            do {
                return (record, try await bytes(record.location))
            } catch StorageError.missing(let what) {
                // Moved between our two reads if the record says another place now; lost if not.
                guard record.location != last else { throw damaged(indexed, "missing \(what)") }
                last = record.location
            } catch StorageError.corrupt(let what) {
                throw damaged(indexed, what)
            }
        }
        return nil
    }

    private func bytes(_ location: Batch.Location) async throws(StorageError) -> [UInt8] {
        switch location {
        case .log(let offset):
            try await core.log.read(LogPosition(offset: offset))
        case .blob(let name, let offset, let length):
            try await core.blobs.get(name, range: offset..<offset + length)
        }
    }

    private func damaged(_ batch: IndexedBatch, _ why: String) -> ServiceFault {
        core.logger.error(
            "a stored log batch is damaged",
            metadata: [
                "group": "\(group.name)", "stream": "\(batch.streamName)",
                "sequence": "\(batch.sequence)", "why": "\(why)",
            ]
        )
        return LogsFault.damaged(stream: batch.streamName, sequence: batch.sequence)
    }
}
