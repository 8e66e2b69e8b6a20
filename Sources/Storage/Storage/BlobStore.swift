import Vocabulary

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

/// The rules for a blob's name, the same in every engine.
package enum BlobName {
    /// Throws `invalid` unless the name is made of folders and a last part as `BlobStore` says.
    ///
    /// No part is `.` or `..`, none is empty, and none is longer than a file's name may be, so that a name
    /// can be used as a path and never leaves its folder.
    package static func check(_ name: String) throws(StorageError) {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isValid =
            name.utf8.count <= Limits.blobNameLength
            && parts.allSatisfy { part in
                (1...Limits.blobNamePartLength).contains(part.count) && part.allSatisfy(isAllowed)
                    && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
            }
        guard isValid else { throw .invalid("'\(name)' is not a valid blob name") }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// The three seams of one installation.
package struct StorageEngines: Sendable {
    package let records: any OrderedRecords
    package let log: any AppendLog
    package let blobs: any BlobStore

    private let closing: @Sendable () async -> Void

    package init(
        records: any OrderedRecords,
        log: any AppendLog,
        blobs: any BlobStore,
        closing: @escaping @Sendable () async -> Void = {}
    ) {
        self.records = records
        self.log = log
        self.blobs = blobs
        self.closing = closing
    }

    /// Finishes what is under way and lets go of files; every later call is `unavailable`.
    package func close() async {
        await closing()
    }
}
