import LogEngine
import ServiceKit
import Storage
import Synchronization
import Vocabulary

/// Remembers how far the append log was moved into blobs when this process last looked.
///
/// Each put insists that it has not been moved further since: then no batch is committed whose bytes
/// maintenance has taken for left over. A put that loses this race appends again.
final class LogFence: Sendable {
    /// The record behind it.
    struct Mark: Codable, Sendable {
        /// Entries before this offset are in blobs or not needed.
        var before: UInt64
    }

    private enum Known {
        case nothing
        case absent
        case revision(Revision)
    }

    private let known = Mutex(Known.nothing)

    func forget() {
        known.withLock { $0 = .nothing }
    }

    /// The condition under which a batch appended after this call may be committed.
    func condition(_ store: RecordStore) async throws -> RecordTransaction.Condition {
        if let condition = known.withLock({ Self.condition($0) }) { return condition }
        let mark = try await store.get(LogsKey.fence, as: Mark.self)
        let found = mark.map { Known.revision($0.revision) } ?? .absent
        known.withLock { $0 = found }
        return Self.condition(found) ?? .absent(LogsKey.fence)
    }

    private static func condition(_ known: Known) -> RecordTransaction.Condition? {
        switch known {
        case .nothing: nil
        case .absent: .absent(LogsKey.fence)
        case .revision(let revision): .unchanged(LogsKey.fence, revision)
        }
    }
}

/// Remembers how long a batch of each group may be, so that a put seldom has to look.
///
/// The record only grows, so that what is remembered is never too much.
final class GroupSpans: Sendable {
    private static let remembered = 10_000
    private let spans = Mutex<[LogGroupID: Int64]>([:])

    func covers(_ span: Int64, _ group: LogGroupID) -> Bool {
        spans.withLock { $0[group].map { span <= $0 } ?? false }
    }

    func learned(_ span: Int64, _ group: LogGroupID) {
        spans.withLock { spans in
            if spans.count >= Self.remembered { spans = [:] }
            spans[group] = max(spans[group] ?? 0, span)
        }
    }

    /// Spans are kept as powers of two, so that the record is written a few times at most.
    static func rounded(_ span: Int64) -> Int64 {
        var rounded: Int64 = 1024
        while rounded < span { rounded *= 2 }
        return rounded
    }
}

/// Counts what was appended since maintenance last moved batches, so that it looks only when it pays.
final class AppendedBytes: Sendable {
    /// Begins at a full extent: after a start nobody knows what lies there.
    private let bytes = Mutex(Limits.Logs.extentBytes)

    func add(_ count: Int) {
        bytes.withLock { $0 += count }
    }

    func reset() {
        bytes.withLock { $0 = 0 }
    }

    var isFullExtent: Bool { bytes.withLock { $0 >= Limits.Logs.extentBytes } }
}
