import Files
import Storage
import StorageConformance
import Synchronization
import Testing

@testable import SQLiteStorage

/// Writes down what is flushed, and fails once it is told to.
private final class WatchedFlusher: Flusher {
    private struct State {
        var flushes: [String] = []
        var failing: Flushed?
    }

    private let state = Mutex(State())

    func reset(failing: Flushed? = nil) {
        state.withLock { $0 = State(failing: failing) }
    }

    var flushes: [String] { state.withLock { $0.flushes } }

    func flush(_ kind: Flushed, _ descriptor: CInt, _ path: String) throws(FileFailure) {
        let name = path.split(separator: "/").last ?? ""
        let fails = state.withLock { state in
            state.flushes.append(kind == .file ? "file" : "folder \(name)")
            return state.failing == kind
        }
        if fails { throw FileFailure("flush", path, code: 5) }
        try SystemFlusher().flush(kind, descriptor, path)
    }
}

@Suite("What storage has answered is on the disk")
struct AnsweredTests {
    @Test func `a blob is answered after its new folders, its bytes and its name were flushed`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let watched = Directory(directory.path, flusher: flusher)
            let blobs = try FileBlobs(in: watched, for: .serving)
            flusher.reset()
            try await blobs.put("a/b/c", [1])
            #expect(flusher.flushes == ["folder blobs", "folder a+", "file", "folder b+"])
            flusher.reset()
            try await blobs.put("a/b/d", [1])
            #expect(flusher.flushes == ["file", "folder b+"])
        }
    }

    @Test func `a folder that was there already is flushed in the one above it once`() async throws
    {
        try await withTemporaryDirectory { directory in
            try await FileBlobs(in: directory, for: .serving).put("a/b", [1])
            let flusher = WatchedFlusher()
            let watched = Directory(directory.path, flusher: flusher)
            let blobs = try FileBlobs(in: watched, for: .serving)
            flusher.reset()
            try await blobs.put("a/c", [1])
            #expect(flusher.flushes == ["folder blobs", "file", "folder a+"])
        }
    }

    @Test(arguments: [Flushed.file, .folder])
    func `a blob whose flush fails is not answered`(kind: Flushed) async throws {
        try await withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let watched = Directory(directory.path, flusher: flusher)
            let blobs = try FileBlobs(in: watched, for: .serving)
            flusher.reset(failing: kind)
            await #expect(throws: StorageError.self) { try await blobs.put("a", [1]) }
        }
    }

    @Test func `an entry of the log whose flush fails is not answered`() async throws {
        try await withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let watched = Directory(directory.path, flusher: flusher)
            let log = try FileAppendLog(
                LogFolder(in: watched),
                for: .serving,
                segmentBytes: 1 << 20,
                logger: quiet
            )
            flusher.reset()
            _ = try await log.append([1])
            #expect(flusher.flushes == ["file"])
            flusher.reset(failing: .file)
            await #expect(throws: StorageError.self) { _ = try await log.append([2]) }
            log.close()
        }
    }
}
