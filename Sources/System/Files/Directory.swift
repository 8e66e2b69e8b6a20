#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder, entered by its owner only.
///
/// Every call blocks, as those of `OpenFile` do.
package struct Directory: Sendable {
    package let path: String
    private let flusher: any Flusher

    package init(_ path: String, flusher: any Flusher = SystemFlusher()) {
        self.path = path
        self.flusher = flusher
    }

    /// The folder that a path lies in, and its name there.
    package static func place(
        of path: String,
        flusher: any Flusher = SystemFlusher()
    ) -> (folder: Directory, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return (Directory(".", flusher: flusher), path)
        }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        let name = String(path[path.utf8.index(after: slash)...])
        return (Directory(folder, flusher: flusher), name)
    }

    package func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// A folder of this one, which flushes as this one does.
    package func folder(_ name: String) -> Directory {
        Directory(path(of: name), flusher: flusher)
    }

    /// Opens a file of this folder, which flushes as this one does.
    package func file(
        _ name: String,
        for access: OpenFile.Access
    ) throws(FileFailure) -> OpenFile {
        try OpenFile(path(of: name), for: access, flusher: flusher)
    }

    /// Makes it with mode 0700 if there is none, and tells whether there was none.
    ///
    /// What is above it must exist.
    @discardableResult
    package func create() throws(FileFailure) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw FileFailure("create", path) }
        return false
    }

    /// Makes it with mode 0700 if there is none, with every folder above it that is missing, all durably.
    ///
    /// Where a folder was there already, nothing is flushed: whoever made it did, or will before it answers.
    package func createWithParents() throws(FileFailure) {
        var made = Directory(path.hasPrefix("/") ? "/" : ".", flusher: flusher)
        for part in path.split(separator: "/") {
            let next = made.folder(String(part))
            if try next.create() { try made.synchronize() }
            made = next
        }
    }

    /// Who may do what with it, as `chmod` takes it.
    package func permissions() throws(FileFailure) -> UInt32 {
        var found = stat()
        guard stat(path, &found) == 0 else { throw FileFailure("inspect", path) }
        return UInt32(found.st_mode) & 0o7777
    }

    /// Returns when the names in it will survive a crash of the machine.
    package func synchronize() throws(FileFailure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure("open", path) }
        defer { close(descriptor) }
        try flusher.flush(.folder, descriptor, path)
    }

    /// The names in it, in no order.
    package func names() throws(FileFailure) -> [String] {
        guard let stream = opendir(path) else { throw FileFailure("open", path) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            // Nothing more and a failure both give nil; what is half read must not pass for all.
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileFailure("list", path) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Removes a file; one that is not there is no error.
    package func remove(_ name: String) throws(FileFailure) {
        guard unlink(path(of: name)) != 0, errno != ENOENT, errno != ENOTDIR else { return }
        throw FileFailure("remove", path(of: name))
    }

    /// Gives a file of this folder a name elsewhere, in place of what had it.
    package func rename(_ name: String, to destination: String) throws(FileFailure) {
        guard rename_(path(of: name), destination) == 0 else {
            throw FileFailure("replace", destination)
        }
    }

    /// Gives a file of this folder a second name; an error if something has it.
    package func link(_ name: String, to destination: String) throws(FileFailure) {
        guard link_(path(of: name), destination) == 0 else {
            throw FileFailure("create", destination)
        }
    }

    /// Writes a file whole or not at all, in place of one of that name, with mode 0600, and durably.
    ///
    /// A crash at any moment leaves the old file or the new one.
    package func replace(_ name: String, with bytes: [UInt8]) throws(FileFailure) {
        let temporary = ".\(name).new"
        // What a crash left, or somebody else's link: `creating` would refuse either.
        try remove(temporary)
        do {
            let file = try file(temporary, for: .creating)
            try file.write(bytes, at: 0)
            try file.synchronize()
            try rename(temporary, to: path(of: name))
        } catch {
            try? remove(temporary)
            throw error
        }
        try synchronize()
    }
}

// The members above hide the system's functions of the same names.

private func rename_(_ source: String, _ destination: String) -> CInt {
    rename(source, destination)
}

private func link_(_ source: String, _ destination: String) -> CInt {
    link(source, destination)
}
