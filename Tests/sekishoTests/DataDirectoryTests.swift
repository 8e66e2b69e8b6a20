import Foundation
import RootKeys
import Testing

@testable import sekisho

@Suite("A data directory")
struct DataDirectoryTests {
    @Test(arguments: [
        (RootKeyError.missing(path: "/k"), ["/k", "--root-key", "SEKISHO_ROOT_KEY"], []),
        (.wrongKey(needed: "a", given: "b"), ["--root-key"], []),
        (.readableByOthers(path: "/k", mode: 0o644), ["644", "chmod 600 /k"], ["--root-key"]),
        (.damaged(path: "/k"), ["/k", "backup", "decrypted"], ["--root-key"]),
    ])
    func `a root key that does not do comes with what mends it`(
        error: RootKeyError,
        said: [String],
        unsaid: [String]
    ) {
        let text = "\(Failure(error))"
        for words in said { #expect(text.contains(words)) }
        for words in unsaid { #expect(!text.contains(words)) }
    }

    @Test func `what was made can be unmade, and nothing else`() throws {
        let files = FileManager.default
        let root = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
        try files.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: root) }
        let directory = DataDirectory("\(root)/a/b/data")
        let creation = try directory.create()
        try Data("x".utf8).write(to: URL(fileURLWithPath: directory.defaultRootKeyPath))
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(root)/a/other"))
        directory.undo(creation)
        #expect(!files.fileExists(atPath: "\(root)/a/b"))
        #expect(files.fileExists(atPath: "\(root)/a/other"))
    }

    @Test func `one that was there before stays, empty`() throws {
        let files = FileManager.default
        let root = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
        try files.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: root) }
        let directory = DataDirectory(root)
        let creation = try directory.create()
        try Data("x".utf8).write(to: URL(fileURLWithPath: directory.defaultRootKeyPath))
        directory.undo(creation)
        #expect(try files.contentsOfDirectory(atPath: root).isEmpty)
    }
}
