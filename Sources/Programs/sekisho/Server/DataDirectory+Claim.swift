import Files
import FoundationEssentials
import Glibc
import Storage

extension DataDirectory {
    /// The hold of one `init` on the directory that it sets up, to be released or undone.
    ///
    /// What holds it is a file in the directory that was made exclusively: two can see one directory empty at
    /// the same time, and with `--root-key` the root key may be anywhere. One that was killed leaves the file,
    /// and with it a directory that is not empty, which half a data directory is not either.
    struct Claim: Sendable {
        static let marker = "init.lock"

        /// All that `init` makes in the directory, but for the root key: that may be elsewhere, and only who
        /// made the file knows that it is theirs.
        static let contents = [
            "installation.json", "administrator", "ca.pem", "tls", "records.sqlite",
            "records.sqlite-journal", "records.sqlite-shm", "records.sqlite-wal", "log", "blobs",
            "tmp", "lock",
        ]

        fileprivate let directory: Directory
        /// The folders that were missing and made, the innermost first.
        fileprivate let folders: [String]
        /// What the directory's own mode was before it was closed to others.
        fileprivate let mode: mode_t

        /// Removes what was made in the directory by `init`, and no name that it does not make.
        func removeContents() {
            for name in Self.contents {
                try? FileManager.default.removeItem(atPath: directory.path(of: name))
            }
        }

        /// Ends the hold on a directory that has been set up.
        ///
        /// A marker that cannot be removed does no harm there: nobody can claim the directory any more.
        func release() {
            try? directory.remove(Self.marker)
        }

        /// Ends the hold, and leaves the place as it was found but for what others have put there.
        func undo() {
            // While it is held: the mode of whoever claims it next must not be changed.
            chmod(directory.path, mode)
            try? directory.remove(Self.marker)
            DataDirectory.removeEmpty(folders)
        }
    }

    /// Makes the directory for one `init` alone; one with anything in it is refused, and left as it is.
    ///
    /// `listing` gives the names in it. What cannot be listed may be in use.
    func claim(
        listing: (Directory) throws -> [String] = { try $0.names() }
    ) throws -> Claim {
        let folders = try makeFolders()
        let claim: Claim
        do {
            // Before anything is written, so that nothing is put into a directory in use.
            try requireNames([], listing)
            claim = try mark(folders)
        } catch {
            Self.removeEmpty(folders)
            throw error
        }
        do {
            guard chmod(path, 0o700) == 0 else {
                throw Failure("\(path) cannot be closed to others: it must be yours.")
            }
            // Again, since another may have claimed it, set it up and released it in between.
            try requireNames([Claim.marker], listing)
        } catch {
            claim.undo()
            throw error
        }
        return claim
    }

    /// Makes the directory and what is missing above it, and tells what was made, the innermost first.
    private func makeFolders() throws -> [String] {
        var missing: [String] = []
        var folder = path[...]
        while !folder.isEmpty, !FileManager.default.fileExists(atPath: String(folder)) {
            missing.append(String(folder))
            folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
        }
        var made: [String] = []
        for folder in missing.reversed() {
            // The directory itself is never open to others; what is above it may hold more than it.
            if mkdir(folder, folder == path ? 0o700 : 0o777) == 0 {
                made.insert(folder, at: 0)
                do {
                    try Directory.place(of: folder).folder.synchronize()
                } catch {
                    throw cannotBeMade(error, undoing: made)
                }
            } else if errno != EEXIST {
                throw cannotBeMade(FileFailure("create", folder), undoing: made)
            }
        }
        return made
    }

    private func cannotBeMade(_ reason: FileFailure, undoing made: [String]) -> Failure {
        Self.removeEmpty(made)
        return Failure(
            "\(path) cannot be made (\(reason)): give a directory that you may write to."
        )
    }

    private func mark(_ folders: [String]) throws -> Claim {
        let directory = Directory(path)
        do {
            _ = try OpenFile(directory.path(of: Claim.marker), for: .creating)
        } catch {
            guard error.isExisting else {
                throw Failure("\(path) is no directory that you may write to: \(error).")
            }
            throw claimed
        }
        do {
            return Claim(directory: directory, folders: folders, mode: try directory.permissions())
        } catch {
            try? directory.remove(Claim.marker)
            throw Failure("\(path) cannot be used: \(error).")
        }
    }

    private func requireNames(
        _ expected: [String],
        _ listing: (Directory) throws -> [String]
    ) throws {
        let names: [String]
        do {
            names = try listing(Directory(path))
        } catch let error as FileFailure where error.code == ENOTDIR {
            throw inUse
        } catch {
            throw Failure(
                "It cannot be told whether \(path) is empty (\(error)): give an empty directory that you may "
                    + "read, or a new one, with --data."
            )
        }
        guard names != expected else { return }
        throw names == [Claim.marker] ? claimed : inUse
    }

    private var inUse: Failure {
        Failure("\(path) is in use already: give an empty or a new directory with --data.")
    }

    private var claimed: Failure {
        Failure(
            "Another 'sekisho init' is setting up \(path), or was interrupted there: if none runs, remove the "
                + "directory first, or give another with --data."
        )
    }

    /// Only what is empty: somebody else may have put something there meanwhile.
    private static func removeEmpty(_ folders: [String]) {
        for folder in folders { rmdir(folder) }
    }
}
