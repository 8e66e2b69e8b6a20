// SQLiteStorage: the three storage seams on one directory of one machine. Records in SQLite, the append log
// and the blobs in files.

import Dispatch
import Files
package import Logging
package import Storage
import Vocabulary

/// How a data directory is opened.
package enum DirectoryAccess: Sendable {
    /// To serve from it: nobody else may do so meanwhile.
    case serving
    /// To look at it, also while a server runs: nothing can be changed.
    case reading
}

extension StorageEngines {
    /// Opens the storage of a data directory, and makes what is missing in it.
    ///
    /// The directory itself must exist. Throws `StorageError.unavailable` if a server has it open already, and
    /// `corrupt` if what is found cannot be what was written. Files have mode 0600 and folders 0700.
    package static func sqlite(
        in directory: String,
        for access: DirectoryAccess = .serving,
        logger: Logger
    ) async throws(StorageError) -> StorageEngines {
        try await sqlite(
            in: Directory(directory),
            for: access,
            segmentBytes: Limits.logSegmentBytes,
            logger: logger
        )
    }

    /// The same with append log files of another size, which tests need to see several, and in a folder that may
    /// flush in another way.
    static func sqlite(
        in directory: Directory,
        for access: DirectoryAccess,
        segmentBytes: Int,
        logger: Logger
    ) async throws(StorageError) -> StorageEngines {
        try await BlockingWork("sekisho.storage", width: 1).run { () throws(StorageError) in
            let lock = access == .serving ? try takeLock(of: directory) : nil
            let pool = try RecordDatabase.open(directory.path(of: "records.sqlite"), for: access)
            let records = SQLiteRecords(pool, isReadOnly: access == .reading)
            let log = try FileAppendLog(
                LogFolder(in: directory),
                for: access,
                segmentBytes: segmentBytes,
                logger: logger
            )
            let blobs = try FileBlobs(in: directory, for: access)
            return StorageEngines(records: records, log: log, blobs: blobs) {
                await close(records, log, lock, logger)
            }
        }
    }

    private static func close(
        _ records: SQLiteRecords,
        _ log: FileAppendLog,
        _ lock: OpenFile?,
        _ logger: Logger
    ) async {
        do {
            try await BlockingWork("sekisho.storage", width: 1).run { () throws(StorageError) in
                log.close()
                try records.close()
            }
        } catch {
            logger.error("the records were not closed in order: \(error)")
        }
        // Held until here, so that a successor finds everything written.
        lock?.unlock()
    }

    private static func takeLock(of directory: Directory) throws(StorageError) -> OpenFile {
        do {
            let file = try directory.file("lock", for: .writing)
            guard try file.lock() else {
                throw StorageError.unavailable(
                    "another server is using the data directory \(directory.path)"
                )
            }
            return file
        } catch let error as StorageError {
            throw error
        } catch let error as FileFailure {
            throw error.storageError
        } catch {
            throw .unavailable("\(error)")
        }
    }
}
