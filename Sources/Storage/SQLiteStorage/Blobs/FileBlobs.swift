import Files
import Storage
import Vocabulary

/// Blobs as files of a folder.
///
/// A folder of a name is a folder on the disk with `+` after it, a sign that names do not have: so a blob and
/// a folder may share a name, as they may in memory. A blob is written under a name nobody reads, flushed,
/// and then linked to its own; a link, unlike a rename, never replaces what is there.
struct FileBlobs: BlobStore {
    private let root: Directory
    private let temporary: Directory
    private let isReadOnly: Bool
    private let folders = DurableFolders(limit: Limits.knownFolders)
    private let entropy = SystemEntropy()
    private let work = BlockingWork("sekisho.blobs", width: Limits.storageThreads)

    /// Opens the folder and clears what a crash left half written; blocks.
    init(in directory: Directory, for access: DirectoryAccess) throws(StorageError) {
        root = directory.folder("blobs")
        temporary = directory.folder("tmp")
        isReadOnly = access == .reading
        guard access == .serving else { return }
        do {
            try folders.make(root, in: directory)
            try folders.make(temporary, in: directory)
            for name in try temporary.names() { try temporary.remove(name) }
        } catch {
            throw error.storageError
        }
    }

    func put(_ name: String, _ bytes: [UInt8]) async throws(StorageError) {
        try BlobName.check(name)
        guard !isReadOnly else { throw .unavailable("the blobs were opened for reading") }
        try await work.run { () throws(StorageError) in try putNow(name, bytes) }
    }

    private func putNow(_ name: String, _ bytes: [UInt8]) throws(StorageError) {
        do {
            try write(name, bytes)
        } catch {
            guard error.isExisting else { throw error.storageError }
            guard try read(name, range: nil) == bytes else {
                throw .corrupt("blob \(name) exists with other bytes")
            }
        }
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws(FileFailure) {
        let place = Place(of: name, below: root)
        try makeFolders(place.folders)
        let draft = entropy.hexDigits(32)
        let file = try temporary.file(draft, for: .creating)
        var failure: FileFailure?
        do {
            try file.write(bytes, at: 0)
            try file.synchronize()
            try temporary.link(draft, to: place.path)
            try place.folder.synchronize()
        } catch {
            failure = error
        }
        try temporary.remove(draft)
        if let failure { throw failure }
    }

    /// Makes the folders that are missing, and sees that each is durable in the one above it.
    private func makeFolders(_ path: [Directory]) throws(FileFailure) {
        var parent = root
        for folder in path {
            try folders.make(folder, in: parent)
            parent = folder
        }
    }

    func get(_ name: String, range: Range<Int>?) async throws(StorageError) -> [UInt8] {
        try BlobName.check(name)
        return try await work.run { () throws(StorageError) in try read(name, range: range) }
    }

    private func read(_ name: String, range: Range<Int>?) throws(StorageError) -> [UInt8] {
        do {
            let file = try OpenFile(Place(of: name, below: root).path, for: .reading)
            let size = try file.size()
            let range = range ?? 0..<size
            guard range.lowerBound >= 0, range.upperBound <= size else {
                throw StorageError.corrupt("blob \(name) has \(size) bytes, not \(range)")
            }
            return try file.read(at: range.lowerBound, count: range.count)
        } catch let error as StorageError {
            throw error
        } catch let error as FileFailure {
            throw error.isMissing ? .missing("blob \(name)") : error.storageError
        } catch {
            throw .unavailable("\(error)")
        }
    }

    func delete(_ name: String) async throws(StorageError) {
        try BlobName.check(name)
        guard !isReadOnly else { throw .unavailable("the blobs were opened for reading") }
        try await work.run { () throws(StorageError) in try deleteNow(name) }
    }

    private func deleteNow(_ name: String) throws(StorageError) {
        let place = Place(of: name, below: root)
        do {
            try place.folder.remove(place.file)
        } catch {
            throw error.storageError
        }
    }

    func list(
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [String] {
        try await work.run { () throws(StorageError) in
            try listNow(prefix: prefix, after: after, limit: limit)
        }
    }

    private func listNow(
        prefix: String,
        after: String?,
        limit: Int
    ) throws(StorageError) -> [String] {
        var walk = BlobWalk(prefix: prefix, after: after, limit: limit)
        do {
            try walk.enter(root, named: "")
        } catch {
            throw error.storageError
        }
        return walk.found
    }
}

/// Where a blob's name leads on the disk.
private struct Place {
    /// The folders that lead to it, the outermost first.
    let folders: [Directory]
    let folder: Directory
    let file: String

    init(of name: String, below root: Directory) {
        let parts = name.split(separator: "/")
        var folder = root
        folders = parts.dropLast().map { part in
            folder = folder.folder(part + "+")
            return folder
        }
        self.folder = folder
        file = String(parts.last ?? "")
    }

    var path: String { folder.path(of: file) }
}

/// Collects the names that a listing asks for, in their order, entering only folders that may hold some.
private struct BlobWalk {
    let prefix: String
    let after: String?
    let limit: Int
    private(set) var found: [String] = []

    init(prefix: String, after: String?, limit: Int) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    mutating func enter(_ folder: Directory, named name: String) throws(FileFailure) {
        let entries: [String]
        do {
            entries = try folder.names()
        } catch {
            guard error.isMissing else { throw error }
            return
        }
        // A folder sorts as its name and a slash, which is how the names in it begin.
        let names = entries.map { name + ($0.hasSuffix("+") ? $0.dropLast() + "/" : $0) }
        for name in names.sorted() where found.count < limit {
            if name.hasSuffix("/") {
                let mayHold = name.hasPrefix(prefix) || prefix.hasPrefix(name)
                let isPast = after.map { $0 > name && !$0.hasPrefix(name) } ?? false
                guard mayHold, !isPast else { continue }
                let last = name.dropLast().split(separator: "/").last ?? ""
                try enter(folder.folder(last + "+"), named: name)
            } else if name.hasPrefix(prefix), after.map({ name > $0 }) ?? true {
                found.append(name)
            }
        }
    }
}
