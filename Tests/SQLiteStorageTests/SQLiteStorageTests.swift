import Files
import Logging
import Storage
import StorageConformance
import Testing

@testable import SQLiteStorage

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Opens a fresh data directory with small log files, calls the body, closes and removes it.
func withStorage(
    segmentBytes: Int = 400,
    _ body: (StorageEngines, Directory) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let engines = try await StorageEngines.sqlite(
            in: directory,
            for: .serving,
            segmentBytes: segmentBytes,
            logger: quiet
        )
        try await body(engines, directory)
        await engines.close()
    }
}

@Suite("Storage on disk")
struct SQLiteStorageTests {
    @Test(arguments: RecordPromise.allCases)
    func `keeps the promises of records`(promise: RecordPromise) async throws {
        try await withStorage { engines, _ in try await promise.check(engines.records) }
    }

    @Test(arguments: AppendLogPromise.allCases)
    func `keeps the promises of the append log`(promise: AppendLogPromise) async throws {
        try await withStorage { engines, _ in try await promise.check(engines.log) }
    }

    @Test(arguments: AppendLogPromise.allCases)
    func `keeps the promises of the append log in one large file`(
        promise: AppendLogPromise
    ) async throws {
        try await withStorage(segmentBytes: 64 << 20) { engines, _ in
            try await promise.check(engines.log)
        }
    }

    @Test(arguments: BlobPromise.allCases)
    func `keeps the promises of blobs`(promise: BlobPromise) async throws {
        try await withStorage { engines, _ in try await promise.check(engines.blobs) }
    }
}
