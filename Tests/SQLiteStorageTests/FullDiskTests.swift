import Files
import FoundationEssentials
import Storage
import StorageConformance
import Testing
import Vocabulary

@testable import SQLiteStorage

/// A folder of a file system with one or two megabytes, which a test cannot make without being root:
/// `mount -t tmpfs -o size=2m none FOLDER`, and `SEKISHO_TEST_SMALL_DISK=FOLDER`.
private let smallDisk = ProcessInfo.processInfo.environment["SEKISHO_TEST_SMALL_DISK"]

@Suite("A full disk", .enabled(if: smallDisk != nil), .serialized)
struct FullDiskTests {
    private func withSmallDisk(
        _ body: (StorageEngines) async throws -> Void
    ) async throws {
        let path = try #require(smallDisk) + "/data"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let engines = try await StorageEngines.sqlite(
            in: Directory(path),
            for: .serving,
            segmentBytes: 200_000,
            logger: quiet
        )
        try await body(engines)
        await engines.close()
        try FileManager.default.removeItem(atPath: path)
    }

    /// The error that ends a series of calls.
    private func untilRefused(
        _ body: (Int) async throws(StorageError) -> Void
    ) async -> (done: Int, error: StorageError?) {
        for number in 0..<10_000 {
            do {
                try await body(number)
            } catch {
                return (number, error)
            }
        }
        return (10_000, nil)
    }

    @Test func `refuses log entries, keeps the others, and takes more after a truncation`()
        async throws
    {
        try await withSmallDisk { engines in
            let entry = [UInt8](repeating: 7, count: 10_000)
            let (done, error) = await untilRefused {
                (_: Int) async throws(StorageError) in _ = try await engines.log.append(entry)
            }
            #expect(error == .full)
            let kept = try await engines.log.entries(from: LogPosition(offset: 0), limit: 10_000)
            #expect(kept.count == done)
            try await engines.log.truncate(before: kept[done - 1].position)
            _ = try await engines.log.append(entry)
            let left = try await engines.log.entries(from: LogPosition(offset: 0), limit: 10_000)
            #expect(left.map(\.bytes) == [entry, entry])
        }
    }

    @Test func `refuses blobs and leaves nothing of them`() async throws {
        try await withSmallDisk { engines in
            let bytes = [UInt8](repeating: 7, count: 100_000)
            let (done, error) = await untilRefused {
                (number: Int) async throws(StorageError) in
                try await engines.blobs.put("b/\(number)", bytes)
            }
            #expect(error == .full)
            #expect(try await engines.blobs.list(prefix: "", after: nil, limit: 99).count == done)
            try await engines.blobs.delete("b/0")
            try await engines.blobs.put("b/again", bytes)
        }
    }

    @Test func `refuses records and keeps the others`() async throws {
        try await withSmallDisk { engines in
            let value = [UInt8](repeating: 7, count: 5_000)
            let (done, error) = await untilRefused {
                (number: Int) async throws(StorageError) in
                try await engines.records.commit(
                    RecordTransaction(changes: [
                        .put(RecordKey([String(sortable: UInt64(number))]), value)
                    ])
                )
            }
            #expect(error == .full)
            let found = try await engines.records.range(
                RecordKey([]),
                after: nil,
                limit: 10_000,
                backwards: false
            )
            #expect(found.count == done)
        }
    }
}
