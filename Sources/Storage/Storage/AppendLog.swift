/// Where in an append log an entry stands.
///
/// Positions grow in the order of arrival and are never used again.
package struct LogPosition: Hashable, Comparable, Sendable, Codable {
    package let offset: UInt64

    package init(offset: UInt64) {
        self.offset = offset
    }

    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        left.offset < right.offset
    }
}

/// An entry of an append log.
package struct LogEntry: Equatable, Sendable {
    package let position: LogPosition
    package let bytes: [UInt8]

    package init(position: LogPosition, bytes: [UInt8]) {
        self.position = position
        self.bytes = bytes
    }
}

/// Batches of bytes in the order of arrival, durable when `append` returns, removed from the front.
///
/// Promises (`AppendLogPromise` in StorageConformance):
/// - `append` returns when the entry will survive a crash of the machine; writers that wait at the same time
///   share one flush.
/// - An entry cut off by a crash was never acknowledged, and is dropped at the next opening; a damaged entry
///   before the last one is `corrupt`, never silently skipped.
/// - Truncating keeps every entry at or after the position; what was removed is `missing`. An engine may
///   give the room back later, but answers as if it had at once.
package protocol AppendLog: Sendable {
    func append(_ bytes: [UInt8]) async throws(StorageError) -> LogPosition

    func read(_ position: LogPosition) async throws(StorageError) -> [UInt8]

    /// Up to `limit` entries from the first one at or after `position`, oldest first.
    func entries(from position: LogPosition, limit: Int) async throws(StorageError) -> [LogEntry]

    func truncate(before position: LogPosition) async throws(StorageError)
}
