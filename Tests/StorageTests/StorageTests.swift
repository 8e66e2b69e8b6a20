import Storage
import StorageConformance
import Testing

@Suite("Storage in memory")
struct InMemoryStorageTests {
    @Test(arguments: RecordPromise.allCases)
    func `keeps the promises of records`(promise: RecordPromise) async throws {
        try await promise.check(StorageEngines.inMemory().records)
    }

    @Test(arguments: AppendLogPromise.allCases)
    func `keeps the promises of the append log`(promise: AppendLogPromise) async throws {
        try await promise.check(StorageEngines.inMemory().log)
    }

    @Test(arguments: BlobPromise.allCases)
    func `keeps the promises of blobs`(promise: BlobPromise) async throws {
        try await promise.check(StorageEngines.inMemory().blobs)
    }
}
