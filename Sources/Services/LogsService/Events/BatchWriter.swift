import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Stores a batch: sealed, durable in the append log, then named by one record transaction.
///
/// A crash or a lost race between the two leaves an entry in the append log that no record names: it is
/// never read, and maintenance drops it. A batch is there when the transaction is.
struct BatchWriter {
    let core: LogsCore

    /// Appends `events` to a stream and returns the stream as it is then.
    ///
    /// The stream as it was read before only chooses the lane; inside, everything is read again.
    func append(
        _ events: [LogEvent],
        to stream: LogStream,
        of groupName: String,
        in context: OperationContext
    ) async throws -> LogStream {
        try await core.lanes.run(stream.streamID) {
            try await core.retrying {
                try await attempt(events, stream.name, groupName, context)
            }
        }
    }

    private func attempt(
        _ events: [LogEvent],
        _ streamName: String,
        _ groupName: String,
        _ context: OperationContext
    ) async throws -> LogStream {
        let group = try await core.group(groupName, in: context)
        let stream = try await core.stream(streamName, of: group.value, in: context)
        guard let first = events.first, let last = events.last else { return stream.value }
        guard stream.value.nextSequence + UInt64(events.count) <= Limits.Logs.eventsPerStream else {
            throw LogsFault.invalidParameter("The log stream is full.")
        }
        let identity = LogStreamIdentity(
            account: context.scope.account.description,
            region: context.scope.region.description,
            group: try group.value.groupID,
            stream: stream.value.streamID
        )
        // Both before the append: the fence is what maintenance had moved when these bytes were not there yet.
        let fence = try await core.fence.condition(core.store)
        let dataKey = try await core.dataKeys.forSealing(group, in: context)
        // Ingestion times never go back within a stream, so that they order events as sequences do.
        let ingestionTime = max(core.now, stream.value.lastIngestionTime ?? 0)
        let sealed = LogBatch.seal(
            events,
            of: identity,
            firstSequence: stream.value.nextSequence,
            ingestionTime: ingestionTime,
            previousRoot: try stream.value.rootDigest,
            dataKeyID: dataKey.id,
            key: dataKey.key,
            entropy: core.entropy
        )
        let position = try await core.log.append(sealed.bytes)
        core.appended.add(sealed.bytes.count)
        let batch = Batch(
            streamName: streamName,
            firstSequence: stream.value.nextSequence,
            count: events.count,
            firstTimestamp: first.timestamp,
            lastTimestamp: last.timestamp,
            ingestionTime: ingestionTime,
            bytes: events.reduce(0) { $0 + Int64($1.message.count + Limits.Logs.eventOverhead) },
            dataKeyID: dataKey.id,
            root: sealed.root.description,
            location: .log(offset: position.offset)
        )
        return try await commit(batch, identity, stream, group, fence, context)
    }

    private func commit(
        _ batch: Batch,
        _ identity: LogStreamIdentity,
        _ stream: Stored<LogStream>,
        _ group: Stored<LogGroup>,
        _ fence: RecordTransaction.Condition,
        _ context: OperationContext
    ) async throws -> LogStream {
        let scope = context.scope
        let store = core.store
        let times = BatchTimes(
            lastTimestamp: batch.lastTimestamp,
            streamName: batch.streamName
        )
        let updated = Self.extended(stream.value, by: batch)
        var transaction = RecordTransaction(
            conditions: [
                .unchanged(group.key, group.revision),
                .unchanged(stream.key, stream.revision), fence,
            ],
            changes: [
                try store.put(stream.key, updated),
                try store.put(
                    LogsKey.batch(scope, identity.group, identity.stream, batch.firstSequence),
                    batch
                ),
                try store.put(
                    LogsKey.streamTime(
                        scope,
                        identity.group,
                        identity.stream,
                        first: batch.firstTimestamp,
                        batch.firstSequence
                    ),
                    times
                ),
                try store.put(
                    LogsKey.groupTime(
                        scope,
                        identity.group,
                        identity.stream,
                        first: batch.firstTimestamp,
                        batch.firstSequence
                    ),
                    times
                ),
                try core.accountLog.pending(batch, of: identity, scope),
            ]
        )
        if updated.lastEventTimestamp != stream.value.lastEventTimestamp {
            transaction.changes += try Self.moveRecent(stream.value, updated, identity, core, scope)
        }
        let span = batch.lastTimestamp - batch.firstTimestamp
        let grown = try await growSpan(span, identity.group, scope, in: &transaction)
        try await store.commit(transaction, auditing: context)
        core.spans.learned(grown, identity.group)
        return updated
    }

    /// The stream after a batch.
    private static func extended(_ stream: LogStream, by batch: Batch) -> LogStream {
        var stream = stream
        stream.firstEventTimestamp = min(
            stream.firstEventTimestamp ?? .max,
            batch.firstTimestamp
        )
        stream.lastEventTimestamp = max(stream.lastEventTimestamp ?? 0, batch.lastTimestamp)
        stream.lastIngestionTime = batch.ingestionTime
        stream.nextSequence = batch.nextSequence
        stream.root = batch.root
        stream.span = max(stream.span, batch.lastTimestamp - batch.firstTimestamp)
        return stream
    }

    /// Moves a stream to where its last event puts it among the group's streams.
    static func moveRecent(
        _ old: LogStream,
        _ new: LogStream,
        _ identity: LogStreamIdentity,
        _ core: LogsCore,
        _ scope: Scope
    ) throws -> [RecordTransaction.Change] {
        [
            .delete(LogsKey.recent(scope, identity.group, old.lastEventTimestamp, old.name)),
            try core.store.put(
                LogsKey.recent(scope, identity.group, new.lastEventTimestamp, new.name),
                Mark()
            ),
        ]
    }

    /// Makes sure that readers of the whole group know of a batch that long; returns what they know.
    private func growSpan(
        _ span: Int64,
        _ group: LogGroupID,
        _ scope: Scope,
        in transaction: inout RecordTransaction
    ) async throws -> Int64 {
        guard !core.spans.covers(span, group) else { return span }
        let key = LogsKey.span(scope, group)
        let known = try await core.store.get(key, as: BatchSpan.self)
        if let known, known.value.milliseconds >= span { return known.value.milliseconds }
        let rounded = GroupSpans.rounded(span)
        transaction.conditions.append(
            known.map { .unchanged(key, $0.revision) } ?? .absent(key)
        )
        transaction.changes.append(try core.store.put(key, BatchSpan(milliseconds: rounded)))
        return rounded
    }
}
