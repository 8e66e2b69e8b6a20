import Files
import FoundationEssentials
import SQLiteStorage
import Storage
import StorageConformance
import Testing

@Suite("Deleted records on disk")
struct ScrubTests {
    private static let secret = Array("the bytes of a key that is gone".utf8)

    /// The database's files that hold the bytes.
    private func filesWithSecret(in directory: Directory) throws -> [String] {
        try ["records.sqlite", "records.sqlite-wal"].filter { name in
            let bytes = try Data(
                contentsOf: URL(filePath: directory.path(of: name))
            )
            return bytes.firstRange(of: Self.secret) != nil
        }
    }

    @Test(arguments: [1, 20_000])
    func `are in no file once they were scrubbed`(size: Int) async throws {
        try await withStorage { engines, directory in
            let records = engines.records
            let padding = [UInt8](repeating: 7, count: size)
            for name in ["a", "b", "c"] {
                try await records.commit(
                    RecordTransaction(changes: [.put(RecordKey([name]), padding + Self.secret)])
                )
            }
            // Into the database itself, so that the cells there are what has to be overwritten.
            try await records.scrub()
            #expect(try filesWithSecret(in: directory) == ["records.sqlite"])
            try await records.commit(
                RecordTransaction(changes: [
                    .delete(RecordKey(["a"])), .put(RecordKey(["b"]), [1]),
                    .delete(RecordKey(["c"])),
                ])
            )
            try await records.scrub()
            #expect(try filesWithSecret(in: directory) == [])
        }
    }
}
