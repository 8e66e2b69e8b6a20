import ArgumentParser
import Foundation
import Testing

@testable import sekisho

/// A new folder for one test, removed after it.
private func withFolder(_ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}

private func put(_ names: String..., in folder: String) throws {
    for name in names {
        try Data(name.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
}

private func names(in folder: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder))
}

private func mode(of path: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
}

private func setMode(_ mode: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}

@Suite("The claim on a data directory")
struct DataDirectoryClaimTests {
    private struct Unlistable: Error {}

    @Test func `undone, it leaves nothing of what was made, and all else`() async throws {
        try await withFolder { root in
            let directory = DataDirectory("\(root)/a/b/data")
            let claim = try directory.claim()
            #expect(try mode(of: directory.path) == 0o700)
            try put("installation.json", "lock", in: directory.path)
            try FileManager.default.createDirectory(
                atPath: "\(directory.path)/tls",
                withIntermediateDirectories: false
            )
            try put("authority", in: "\(directory.path)/tls")
            try put("other", in: "\(root)/a")
            claim.removeContents()
            claim.undo()
            #expect(try names(in: "\(root)/a") == ["other"])
        }
    }

    @Test func `undone, it leaves a directory that was there empty, with the mode it had`()
        async throws
    {
        try await withFolder { root in
            try setMode(0o755, of: root)
            let claim = try DataDirectory(root).claim()
            #expect(try mode(of: root) == 0o700)
            try put("administrator", in: root)
            claim.removeContents()
            claim.undo()
            #expect(try names(in: root) == [])
            #expect(try mode(of: root) == 0o755)
        }
    }

    @Test func `undone, it leaves a root key and whatever init does not make`() async throws {
        try await withFolder { root in
            let claim = try DataDirectory("\(root)/data").claim()
            try put("root.key", "sekisho.json", "ca.pem", in: "\(root)/data")
            claim.removeContents()
            claim.undo()
            #expect(try names(in: "\(root)/data") == ["root.key", "sekisho.json"])
        }
    }

    @Test func `released, it leaves what was made and no marker`() async throws {
        try await withFolder { root in
            let claim = try DataDirectory(root).claim()
            try put("ca.pem", in: root)
            claim.release()
            #expect(try names(in: root) == ["ca.pem"])
            #expect(try mode(of: root) == 0o700)
        }
    }

    /// A directory of mode 0300, or a disk's error: permissions would not stop a test that runs as root.
    @Test func `is refused on a directory that cannot be listed, which stays as it is`()
        async throws
    {
        try await withFolder { root in
            try put("root.key", "installation.json", in: root)
            try setMode(0o755, of: root)
            #expect(throws: Failure.self) {
                try DataDirectory(root).claim { _ in throw Unlistable() }
            }
            #expect(try names(in: root) == ["root.key", "installation.json"])
            #expect(try mode(of: root) == 0o755)
        }
    }

    @Test func `is refused on what is in use, or is a file, and both stay`() async throws {
        try await withFolder { root in
            try put("file", in: root)
            try setMode(0o755, of: root)
            for path in [root, "\(root)/file"] {
                let failure = #expect(throws: Failure.self) { try DataDirectory(path).claim() }
                #expect(failure?.description.contains("in use already") == true)
            }
            #expect(try names(in: root) == ["file"])
            #expect(try mode(of: root) == 0o755)
        }
    }

    @Test func `is refused while another holds it, and the other goes on`() async throws {
        try await withFolder { root in
            let directory = DataDirectory("\(root)/data")
            let first = try directory.claim()
            // The second saw the directory before the first marked it, and the marker stops it; or after.
            for listing in [[], [DataDirectory.Claim.marker]] {
                let failure = #expect(throws: Failure.self) {
                    try directory.claim { _ in listing }
                }
                #expect(failure?.description.contains("Another 'sekisho init'") == true)
            }
            #expect(try names(in: directory.path) == [DataDirectory.Claim.marker])
            #expect(try mode(of: directory.path) == 0o700)
            first.undo()
            #expect(try names(in: root) == [])
        }
    }

    @Test func `is refused when another has come and gone since the directory was seen empty`()
        async throws
    {
        try await withFolder { root in
            var looks = 0
            #expect(throws: Failure.self) {
                try DataDirectory(root).claim { _ in
                    looks += 1
                    guard looks == 1 else { return Array(try names(in: root)) }
                    try put("root.key", "installation.json", in: root)
                    return []
                }
            }
            let left = try names(in: root)
            #expect(left == ["root.key", "installation.json"])
        }
    }

    @Test func `that cannot be made leaves no folders above it`() async throws {
        try await withFolder { root in
            let name = String(repeating: "n", count: 300)
            #expect(throws: Failure.self) { try DataDirectory("\(root)/a/b/\(name)").claim() }
            let left = try names(in: root)
            #expect(left == [])
        }
    }
}

@Suite("sekisho init")
struct InitTests {
    private static func make(_ words: String...) async throws {
        _ = try await InitCommand.parse(words).make()
    }

    @Test func `makes what its undo knows, and the root key`() async throws {
        try await withFolder { root in
            try await Self.make("--data", root)
            let made = try names(in: root).subtracting(DataDirectory.Claim.contents)
            #expect(made == ["root.key"])
            #expect(try DataDirectory(root).installation().rootKey == "\(root)/root.key")
        }
    }

    @Test func `leaves nothing behind when there is a root key already`() async throws {
        try await withFolder { root in
            try put("key", in: root)
            await #expect(throws: Failure.self) {
                try await Self.make("--data", "\(root)/a/data", "--root-key", "\(root)/key")
            }
            #expect(try names(in: root) == ["key"])
        }
    }

    /// Each with a root key of its own, so that none of them is what stops the others.
    @Test func `of several on one directory one makes all of it, and the others nothing`()
        async throws
    {
        try await withFolder { root in
            let data = "\(root)/data"
            var made: [String] = []
            await withTaskGroup(of: String?.self) { group in
                for number in 0..<6 {
                    let key = "\(root)/key\(number)"
                    group.addTask {
                        do {
                            try await Self.make("--data", data, "--root-key", key)
                            return "key\(number)"
                        } catch {
                            return nil
                        }
                    }
                }
                for await key in group { made += key.map { [$0] } ?? [] }
            }
            let key = try #require(made.first)
            #expect(made.count == 1)
            #expect(try names(in: root) == ["data", key])
            let directory = DataDirectory(data)
            let opened = try directory.administrator(under: directory.rootKey(at: nil))
            #expect(opened.accessKeyId.hasPrefix("AKIA"))
        }
    }
}
