import Files
import GRDB
import Logging
import Storage

/// Opens the SQLite file that records are kept in, as docs/formats/records.md says.
enum RecordDatabase {
    /// `SEKI`, so that `file` and a person can tell what the file is.
    static let applicationID: Int32 = 0x5345_4B49
    static let formatVersion: Int32 = 1
    static let pageSize = 8192

    /// Opens or makes the file; blocks.
    static func open(_ path: String, for access: DirectoryAccess) throws(StorageError)
        -> DatabasePool
    {
        do {
            if access == .serving {
                // SQLite gives its files the mode of this one; left to itself it lets everybody read.
                _ = try OpenFile(path, for: .writing)
            } else {
                _ = try OpenFile(path, for: .reading)
            }
        } catch {
            throw error.storageError
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration(access))
            switch access {
            case .serving: try pool.writeWithoutTransaction { db in try prepare(db) }
            case .reading: try pool.unsafeRead { db in try checkFormat(db, path: path) }
            }
            return pool
        } catch let error as StorageError {
            throw error
        } catch {
            throw storageError(error)
        }
    }

    private static func configuration(_ access: DirectoryAccess) -> Configuration {
        var configuration = Configuration()
        configuration.label = "sekisho.records"
        configuration.readonly = access == .reading
        configuration.maximumReaderCount = 4
        // Our own writer is the only one; a second program that reads may hold a lock for a moment.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            guard !db.configuration.readonly else { return }
            // Takes effect before the first table is made, and is ignored afterwards.
            try db.execute(sql: "PRAGMA page_size = \(pageSize)")
        }
        return configuration
    }

    private static func prepare(_ db: Database) throws {
        // GRDB sets NORMAL when it opens a pool, by which a commit may be lost in a crash of the machine.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
            throw StorageError.unavailable("SQLite does not write through to the disk")
        }
        // What is deleted is overwritten with zeros, so that a destroyed key's material is not left in a free page.
        try db.execute(sql: "PRAGMA secure_delete = ON")
        if try Int32.fetchOne(db, sql: "PRAGMA application_id") == 0 {
            try db.inTransaction(.immediate) {
                try db.execute(
                    sql: """
                        CREATE TABLE record (
                            key BLOB NOT NULL PRIMARY KEY,
                            value BLOB NOT NULL,
                            revision INTEGER NOT NULL
                        ) WITHOUT ROWID;
                        CREATE TABLE revision (
                            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
                            last INTEGER NOT NULL
                        );
                        INSERT INTO revision VALUES (1, 0);
                        PRAGMA user_version = \(formatVersion);
                        PRAGMA application_id = \(applicationID);
                        """
                )
                return .commit
            }
        }
        try checkFormat(db, path: db.description)
    }

    private static func checkFormat(_ db: Database, path: String) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw StorageError.corrupt("\(path) is not a Sekisho database")
        }
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version")
        guard version == formatVersion else {
            throw StorageError.corrupt(
                "\(path) has format \(version ?? 0), and this program knows \(formatVersion)"
            )
        }
    }

    /// What SQLite said, in the words of the storage seams.
    static func storageError(_ error: any Error) -> StorageError {
        guard let error = error as? DatabaseError else { return .unavailable("\(error)") }
        switch error.resultCode {
        case .SQLITE_FULL: return .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupt("records: \(error.message ?? "")")
        default:
            return .unavailable(
                "records: \(error.message ?? "") (SQLite \(error.extendedResultCode.rawValue))"
            )
        }
    }
}
