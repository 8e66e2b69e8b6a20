/// Bytes under a name that are written once and never changed.
///
/// Names are of the form `folder/…/name`, of `a-z A-Z 0-9 . _ -`, at most 512 characters. Promises
/// (`BlobPromise` in StorageConformance): a blob is durable and whole when `put` returns; a name is never
/// half written; putting a name again with other bytes is refused as `corrupt`; lists are in name order.
package protocol BlobStore: Sendable {
    func put(_ name: String, _ bytes: [UInt8]) async throws(StorageError)

    /// The bytes of `range`, or all of them.
    func get(_ name: String, range: Range<Int>?) async throws(StorageError) -> [UInt8]

    /// Deleting what is not there is no error.
    func delete(_ name: String) async throws(StorageError)

    /// Up to `limit` names that begin with `prefix` and come after `after`, in order.
    func list(
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [String]
}

/// The three seams of one installation.
package struct StorageEngines: Sendable {
    package let records: any OrderedRecords
    package let log: any AppendLog
    package let blobs: any BlobStore

    package init(records: any OrderedRecords, log: any AppendLog, blobs: any BlobStore) {
        self.records = records
        self.log = log
        self.blobs = blobs
    }
}
