// SQLiteStorage: the three storage seams on one directory of one machine. Records in SQLite, the append log
// and the blobs in files.

package import Logging
package import Storage

/// How a data directory is opened.
package enum DirectoryAccess: Sendable {
    /// To serve from it: nobody else may do so meanwhile.
    case serving
    /// To look at it, also while a server runs: nothing can be changed.
    case reading
}

extension StorageEngines {
    /// Opens the storage of a data directory, and makes it if it is new.
    ///
    /// The directory itself must exist. Throws `StorageError.unavailable` if a server has it open already, and
    /// `corrupt` if what is found cannot be what was written.
    package static func sqlite(
        in directory: String,
        for access: DirectoryAccess = .serving,
        logger: Logger
    ) async throws(StorageError) -> StorageEngines {
        throw .unavailable("\(directory): not yet")
    }
}
