import Dispatch
import Files
import Logging
import Storage
import Synchronization
import Vocabulary

/// An append log in files of a folder.
///
/// One thread writes: entries that wait together become one write and one flush. Reads are on threads of
/// their own and see what has been flushed, nothing else.
final class FileAppendLog: AppendLog {
    private struct State {
        var segments: [LogSegment]
        var front: LogFront
        var writing: OpenFile?
        /// Why nothing can be appended any more, once it is so.
        var failure: StorageError?

        var end: UInt64 { segments.last?.end ?? 0 }
    }

    private let folder: LogFolder
    private let segmentBytes: Int
    private let logger: Logger
    private let appends = GroupQueue<[UInt8], LogPosition>(
        "append log",
        capacity: Limits.pendingLogEntries
    )
    private let writer = DispatchQueue(label: "sekisho.append-log")
    private let reads = BlockingWork("sekisho.append-log.reads", width: Limits.storageThreads)
    private let state: Mutex<State>
    /// Kept between groups, since large buffers are dear to allocate anew; used by the writer only.
    private let buffer = Mutex<[UInt8]>([])

    /// Opens the log, after mending what a crash left; blocks.
    init(
        _ folder: LogFolder,
        for access: DirectoryAccess,
        segmentBytes: Int,
        logger: Logger
    ) throws(StorageError) {
        self.folder = folder
        self.segmentBytes = segmentBytes
        self.logger = logger
        let contents = try folder.open(for: access)
        var state = State(segments: contents.segments, front: contents.front)
        if access == .serving, let last = contents.segments.last {
            do {
                state.writing = try folder.file(of: last, for: .writing)
            } catch {
                throw error.storageError
            }
        } else {
            state.failure = .unavailable("the append log was opened for reading")
        }
        self.state = Mutex(state)
    }

    // MARK: Writing

    func append(_ bytes: [UInt8]) async throws(StorageError) -> LogPosition {
        guard bytes.count <= Limits.logEntryBytes else {
            throw .invalid("an entry has at most \(Limits.logEntryBytes) bytes")
        }
        return try await appends.submit(bytes, weight: bytes.count) {
            writer.async { self.drain() }
        }
    }

    private func drain() {
        while true {
            let group = appends.next(count: .max, weight: Limits.logGroupBytes)
            if group.isEmpty { return }
            for (waiting, outcome) in zip(group, write(group.map(\.request))) {
                waiting.resume(outcome)
            }
        }
    }

    /// Writes and flushes a group; where the whole does not fit on the disk, each entry is tried alone.
    private func write(_ entries: [[UInt8]]) -> [Result<LogPosition, StorageError>] {
        do {
            return try writeTogether(entries).map { .success($0) }
        } catch {
            guard error == .full, entries.count > 1 else {
                return entries.map { _ in .failure(error) }
            }
            return entries.flatMap { write([$0]) }
        }
    }

    private func writeTogether(_ entries: [[UInt8]]) throws(StorageError) -> [LogPosition] {
        let (segment, file) = try segmentToWrite()
        var positions: [LogPosition] = []
        var end = segment.end
        let failure = buffer.withLock { buffer -> StorageError? in
            buffer.removeAll(keepingCapacity: true)
            for entry in entries {
                positions.append(LogPosition(offset: end))
                LogFrame.append(entry, at: end, durable: segment.end, to: &buffer)
                end = segment.end + UInt64(buffer.count)
            }
            return flush(buffer, to: file, at: segment.offset(of: segment.end))
        }
        if let failure { throw failure }
        state.withLock { $0.segments[$0.segments.count - 1].end = end }
        return positions
    }

    private func flush(_ bytes: [UInt8], to file: OpenFile, at offset: Int) -> StorageError? {
        do {
            try file.write(bytes, at: offset)
        } catch {
            do {
                // What was written in part must not be found behind a later, shorter group.
                try file.truncate(to: offset)
            } catch {
                return stop(because: error)
            }
            return error.storageError
        }
        do {
            try file.synchronize()
        } catch {
            // The system may have thrown the pages away and would call the next flush a success.
            return stop(because: error)
        }
        return nil
    }

    private func stop(because reason: FileFailure) -> StorageError {
        logger.critical("the append log takes no more entries until restarted: \(reason)")
        let failure = StorageError.unavailable("the append log stopped: \(reason)")
        state.withLock { $0.failure = failure }
        return failure
    }

    /// The segment that the next group goes to; a new one if the last has reached its size.
    private func segmentToWrite() throws(StorageError) -> (LogSegment, OpenFile) {
        let (last, file, failure) = state.withLock {
            ($0.segments.last, $0.writing, $0.failure)
        }
        if let failure { throw failure }
        guard let last, let file else { throw .unavailable("the append log is closed") }
        guard last.end - last.base >= UInt64(segmentBytes) else { return (last, file) }
        do {
            let next = try folder.create(at: last.end)
            let file = try folder.file(of: next, for: .writing)
            state.withLock { state in
                state.segments.append(next)
                state.writing = file
            }
            return (next, file)
        } catch {
            throw error.storageError
        }
    }

    // MARK: Removing

    func truncate(before position: LogPosition) async throws(StorageError) {
        let outcome = await withCheckedContinuation { continuation in
            writer.async {
                continuation.resume(
                    returning: Result { () throws(StorageError) in
                        try self.removeFront(before: position.offset)
                    }
                )
            }
        }
        try outcome.get()
    }

    private func removeFront(before position: UInt64) throws(StorageError) {
        var (segments, front, failure) = state.withLock { ($0.segments, $0.front, $0.failure) }
        if let failure { throw failure }
        let target = min(position, segments.last?.end ?? 0)
        guard target > front.position else { return }
        do {
            try front.advance(to: target)
        } catch {
            throw error.storageError
        }
        state.withLock { $0.front = front }
        do {
            segments = try folder.removeFinished(segments, before: target)
            state.withLock { $0.segments = segments }
        } catch {
            // The promise is kept by the front; the room comes back at the next truncation or start.
            logger.warning("a finished file of the append log stays for now: \(error)")
        }
    }

    // MARK: Reading

    func read(_ position: LogPosition) async throws(StorageError) -> [UInt8] {
        try await reads.run { () throws(StorageError) in try self.readNow(position.offset) }
    }

    private func readNow(_ position: UInt64) throws(StorageError) -> [UInt8] {
        let (segments, front) = state.withLock { ($0.segments, $0.front.position) }
        guard position >= front, let segment = segments.last(where: { $0.base <= position }),
            position < segment.end
        else { throw .missing("log entry \(position)") }
        do {
            let file = try folder.file(of: segment, for: .reading)
            var one = LogSegmentReader(segment, of: file, windowLength: 16 << 10)
            if case .entry(let bytes, _, _) = try one.entry(at: position) { return bytes }
            var reader = LogSegmentReader(segment, of: file)
            // Either no entry begins here, or one does and is damaged; the entries before it tell.
            if let boundary = try reader.boundary(atOrAfter: position), boundary > position {
                throw StorageError.missing("log entry \(position)")
            }
            throw StorageError.corrupt("log entry \(position) is damaged")
        } catch let error as StorageError {
            throw error
        } catch let error as FileFailure {
            throw error.isMissing ? .missing("log entry \(position)") : error.storageError
        } catch {
            throw .unavailable("\(error)")
        }
    }

    func entries(
        from position: LogPosition,
        limit: Int
    ) async throws(StorageError) -> [LogEntry] {
        try await reads.run { () throws(StorageError) in
            try self.entriesNow(from: position.offset, limit: limit)
        }
    }

    private func entriesNow(
        from position: UInt64,
        limit: Int
    ) throws(StorageError) -> [LogEntry] {
        while true {
            let (segments, front) = state.withLock { ($0.segments, $0.front.position) }
            do {
                return try entries(
                    in: segments,
                    from: max(position, front),
                    limit: limit
                )
            } catch let error as FileFailure where error.isMissing {
                // Truncated meanwhile. What follows begins later, so this ends.
                guard state.withLock({ $0.front.position }) > front else {
                    throw .corrupt("a file of the append log is gone: \(error.path)")
                }
            } catch let error as FileFailure {
                throw error.storageError
            } catch let error as StorageError {
                throw error
            } catch {
                throw .unavailable("\(error)")
            }
        }
    }

    private func entries(
        in segments: [LogSegment],
        from start: UInt64,
        limit: Int
    ) throws -> [LogEntry] {
        var found: [LogEntry] = []
        var bytes = 0
        for segment in segments where segment.end > start {
            var reader = LogSegmentReader(segment, of: try folder.file(of: segment, for: .reading))
            var position = try reader.boundary(atOrAfter: start)
            while let current = position, current < segment.end {
                guard found.count < limit, bytes < Limits.logReadBytes else { return found }
                guard case .entry(let entry, _, let next) = try reader.entry(at: current) else {
                    throw StorageError.corrupt("log entry \(current) is damaged")
                }
                found.append(LogEntry(position: LogPosition(offset: current), bytes: entry))
                bytes += entry.count
                position = next
            }
            if position == nil {
                throw StorageError.corrupt("the append log is damaged before \(start)")
            }
        }
        return found
    }

    // MARK: Closing

    /// Finishes the entries that wait and refuses others; blocks.
    func close() {
        appends.close()
        writer.sync {
            state.withLock { state in
                state.writing = nil
                state.failure = .unavailable("the append log is closed")
            }
        }
    }
}
