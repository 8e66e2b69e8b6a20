import Files
import Storage

/// The files of the append log as opening finds and mends them.
///
/// Blocks.
struct LogFolder: Sendable {
    let directory: Directory

    /// What an opened log consists of; the last segment is the one that is written to.
    struct Contents: Sendable {
        var segments: [LogSegment]
        var front: LogFront
    }

    private let parent: Directory

    /// The folder `log` of a data directory.
    init(in parent: Directory) {
        self.parent = parent
        directory = parent.folder("log")
    }

    /// Finds the segments, drops what a crash cut off, and removes what was truncated before it.
    func open(for access: DirectoryAccess) throws(StorageError) -> Contents {
        do {
            if access == .serving {
                // Each time, since a process that made it may have been killed before it flushed.
                try directory.create()
                try parent.synchronize()
            }
            let front = try LogFront(in: directory, for: access)
            var segments = try segments()
            if access == .serving {
                if segments.isEmpty { segments = [try create(at: front.position)] }
                try dropTail(after: segments[segments.count - 1])
                segments = try removeFinished(segments, before: front.position)
            }
            return Contents(segments: segments, front: front)
        } catch let error as FileFailure {
            throw error.storageError
        } catch let error as StorageError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Makes the file of a new segment, durably and whole.
    func create(at base: UInt64) throws(FileFailure) -> LogSegment {
        try directory.replace(LogSegment.fileName(base), with: LogSegment.header(base))
        return LogSegment(base: base, end: base)
    }

    func file(of segment: LogSegment, for access: OpenFile.Access) throws(FileFailure) -> OpenFile {
        try directory.file(segment.fileName, for: access)
    }

    /// Removes the files of segments that end at or before a position; returns those that stay.
    func removeFinished(
        _ segments: [LogSegment],
        before position: UInt64
    ) throws(FileFailure) -> [LogSegment] {
        // The last one stays although it may be empty: its name is what remembers the next position.
        let finished = segments.dropLast().prefix { $0.end <= position }
        for segment in finished { try directory.remove(segment.fileName) }
        return Array(segments.dropFirst(finished.count))
    }

    private func segments() throws -> [LogSegment] {
        let bases = try directory.names().compactMap(LogSegment.base(inFileName:)).sorted()
        var segments: [LogSegment] = []
        for base in bases {
            let empty = LogSegment(base: base, end: base)
            let file = try file(of: empty, for: .reading)
            guard try file.read(at: 0, count: LogSegment.headerLength) == LogSegment.header(base)
            else { throw StorageError.corrupt("\(file.path) does not begin as a log file does") }
            if let previous = segments.last, previous.end != base {
                throw StorageError.corrupt(
                    "the append log lacks what stood between \(previous.end) and \(base)"
                )
            }
            let length = UInt64(try file.size() - LogSegment.headerLength)
            var segment = LogSegment(base: base, end: base + length)
            if base == bases.last {
                var reader = LogSegmentReader(segment, of: file)
                segment.end = try reader.recoveredEnd()
            }
            segments.append(segment)
        }
        return segments
    }

    private func dropTail(after segment: LogSegment) throws(FileFailure) {
        let file = try file(of: segment, for: .writing)
        let length = segment.offset(of: segment.end)
        guard try file.size() > length else { return }
        try file.truncate(to: length)
        try file.synchronize()
    }
}
