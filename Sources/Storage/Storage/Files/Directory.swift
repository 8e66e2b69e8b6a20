#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of the data directory, entered by its owner only.
///
/// Every call blocks, as those of `OpenFile` do.
package struct Directory: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes it with mode 0700 if there is none, and tells whether there was none.
    ///
    /// What is above it must exist.
    @discardableResult
    package func create() throws(FileFailure) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw FileFailure("create", path) }
        return false
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
        guard fsync(descriptor) == 0 else { throw FileFailure("flush", path) }
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

    /// Writes a file whole or not at all, in place of one of that name, and durably.
    package func replace(_ name: String, with bytes: [UInt8]) throws(FileFailure) {
        let temporary = ".\(name).new"
        try remove(temporary)
        let file = try OpenFile(path(of: temporary), for: .creating)
        try file.write(bytes, at: 0)
        try file.synchronize()
        try rename(temporary, to: path(of: name))
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
