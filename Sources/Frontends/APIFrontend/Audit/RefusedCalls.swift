import FoundationEssentials
import Vocabulary

/// Decides which refused calls of unknown callers have an audit record of their own, and counts the others.
///
/// Anybody who reaches the port can be refused as often as they like, and each record is a write to the disk. So
/// every source has a number of records a minute, and all of them together have one; what is left out is counted
/// by source and kind, and handed out as a summary, so that the trail is complete in number once all summaries are
/// written; until then the counts are in memory only, and a crash loses them. Memory is bounded: sources past
/// `Limits.refusedCallSources` are counted together. A value without clock or store.
struct RefusedCalls: Sendable {
    /// What is counted together: the service and the fault, never what a caller made up.
    struct Kind: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The form is `kms.amazonaws.com`.
        let eventSource: String
        let errorCode: String

        var description: String { "\(eventSource):\(errorCode)" }

        static func < (left: Kind, right: Kind) -> Bool { left.description < right.description }
    }

    /// Calls of one source that have no record of their own.
    struct Summary: Equatable, Sendable {
        /// Nil for sources that there was no room to tell apart.
        private(set) var source: CallSource?
        private(set) var counts: [Kind: UInt64]
        private(set) var first: Date
        private(set) var last: Date

        init(source: CallSource?, kind: Kind, at now: Date) {
            (self.source, counts, first, last) = (source, [kind: 1], now, now)
        }

        var calls: UInt64 { counts.values.reduce(0, +) }

        fileprivate mutating func add(_ kind: Kind, at now: Date) {
            counts[kind, default: 0] += 1
            first = min(first, now)
            last = max(last, now)
        }

        /// The same counts, for a source that there is no room any more to tell apart.
        fileprivate init(_ other: Summary, source: CallSource?) {
            self = other
            self.source = source
        }

        fileprivate mutating func add(_ other: Summary) {
            counts.merge(other.counts, uniquingKeysWith: +)
            first = min(first, other.first)
            last = max(last, other.last)
        }
    }

    private struct Entry {
        var records: TokenBucket
        var leftOut: Summary?

        init(now: Date) {
            records = TokenBucket(
                size: Limits.refusedCallRecordsPerSource,
                perSecond: Limits.refusedCallRecordsPerSourceAndSecond,
                now: now
            )
        }

        /// Whether forgetting it changes nothing.
        func isIdle(at now: Date) -> Bool { leftOut == nil && records.isFull(at: now) }
    }

    private var entries: [CallSource: Entry] = [:]
    private var elsewhere: Entry
    private var records: TokenBucket
    private var lastCleared: Date

    init(now: Date) {
        elsewhere = Entry(now: now)
        records = TokenBucket(
            size: Limits.refusedCallRecords,
            perSecond: Limits.refusedCallRecordsPerSecond,
            now: now
        )
        lastCleared = now
    }

    /// Whether this call has a record of its own; if not, it is counted.
    mutating func isRecorded(_ kind: Kind, from source: CallSource, at now: Date) -> Bool {
        let hasRoom = entries[source] != nil || makeRoom(at: now)
        var entry = hasRoom ? entries[source] ?? Entry(now: now) : elsewhere
        // The source's own share first, so that one that has used it up takes nothing from the others.
        let isRecorded = entry.records.take(at: now) && records.take(at: now)
        if !isRecorded {
            if entry.leftOut?.add(kind, at: now) == nil {
                entry.leftOut = Summary(source: hasRoom ? source : nil, kind: kind, at: now)
            }
        }
        if hasRoom { entries[source] = entry } else { elsewhere = entry }
        return isRecorded
    }

    /// Hands out up to `most` summaries, those that wait longest first, and forgets sources that are idle.
    mutating func takeSummaries(_ most: Int, at now: Date) -> [Summary] {
        // With where each is kept, which is what is emptied: nil for `elsewhere`.
        var waiting: [(place: CallSource?, summary: Summary)] = []
        for (source, entry) in entries {
            if let summary = entry.leftOut { waiting.append((source, summary)) }
        }
        if let summary = elsewhere.leftOut { waiting.append((nil, summary)) }
        let taken = waiting.sorted { $0.summary.first < $1.summary.first }.prefix(most)
        for (place, _) in taken {
            if let place {
                entries[place]?.leftOut = nil
            } else {
                elsewhere.leftOut = nil
            }
        }
        clearIdle(at: now)
        return taken.map { $0.summary }
    }

    /// Takes a summary back that could not be written.
    mutating func putBack(_ summary: Summary, at now: Date) {
        guard let source = summary.source, entries[source] != nil || makeRoom(at: now) else {
            Self.merge(Summary(summary, source: nil), into: &elsewhere)
            return
        }
        Self.merge(summary, into: &entries[source, default: Entry(now: now)])
    }

    private static func merge(_ summary: Summary, into entry: inout Entry) {
        if entry.leftOut?.add(summary) == nil { entry.leftOut = summary }
    }

    /// Whether there is room for one source more; idle ones are looked for at most once a second.
    private mutating func makeRoom(at now: Date) -> Bool {
        if entries.count < Limits.refusedCallSources { return true }
        guard abs(now.timeIntervalSince(lastCleared)) >= 1 else { return false }
        clearIdle(at: now)
        return entries.count < Limits.refusedCallSources
    }

    private mutating func clearIdle(at now: Date) {
        lastCleared = now
        entries = entries.compactMapValues { entry in
            var entry = entry
            entry.records.follow(now)
            return entry.isIdle(at: now) ? nil : entry
        }
    }
}
