extension Limits {
    /// Characters in a blob's name.
    package static let blobNameLength = 512
    /// Characters in one part of a blob's name: Linux's 255 for a file, less one that the engine adds.
    package static let blobNamePartLength = 254
    /// Bytes of one entry of the append log.
    package static let logEntryBytes = 32 << 20
    /// Bytes after which the append log begins a new file.
    package static let logSegmentBytes = 64 << 20
    /// Bytes that one flush of the append log takes together.
    package static let logGroupBytes = 8 << 20
    /// Entries that may wait to be written to the append log.
    package static let pendingLogEntries = 65_536
    /// Bytes that `AppendLog.entries` returns at most beyond its first entry.
    package static let logReadBytes = 16 << 20
    /// Commits that may wait for the writer of the records.
    package static let pendingCommits = 65_536
    /// Commits that share one SQLite transaction.
    package static let commitsPerGroup = 1_024
    /// Threads that wait for the disk on behalf of reads of the log and of blobs.
    package static let storageThreads = 8
}
