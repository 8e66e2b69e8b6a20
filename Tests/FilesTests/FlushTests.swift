import Files
import StorageConformance
import Synchronization
import Testing

/// Writes down what is flushed, and fails where it is told to.
private final class WatchedFlusher: Flusher {
    private let seen = Mutex<[String]>([])
    private let failing: Flushed?

    init(failing: Flushed? = nil) {
        self.failing = failing
    }

    var flushes: [String] { seen.withLock { $0 } }

    func flush(_ kind: Flushed, _ descriptor: CInt, _ path: String) throws(FileFailure) {
        let name = path.split(separator: "/").last ?? ""
        seen.withLock { $0.append("\(kind) \(name)") }
        if kind == failing { throw FileFailure("flush", path, code: 5) }
        try SystemFlusher().flush(kind, descriptor, path)
    }
}

@Suite("Flushes")
struct FlushTests {
    @Test func `of a replaced file come before its folder's, and both before the answer`() throws {
        try withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let folder = Directory(directory.path(of: "f"), flusher: flusher)
            try folder.create()
            try folder.replace("a", with: [1])
            #expect(flusher.flushes == ["file .a.new", "folder f"])
        }
    }

    @Test func `that fail leave the old file and nothing beside it`() throws {
        try withTemporaryDirectory { directory in
            try directory.replace("a", with: [1])
            let failing = Directory(directory.path, flusher: WatchedFlusher(failing: .file))
            #expect(throws: FileFailure.self) { try failing.replace("a", with: [2]) }
            #expect(try directory.file("a", for: .reading).readAll(limit: 9) == [1])
            #expect(try directory.names() == ["a"])
        }
    }

    @Test func `of the folder that fail are told, although the new file is there`() throws {
        try withTemporaryDirectory { directory in
            let failing = Directory(directory.path, flusher: WatchedFlusher(failing: .folder))
            #expect(throws: FileFailure.self) { try failing.replace("a", with: [2]) }
            let names = try directory.names()
            #expect(names == ["a"])
        }
    }

    @Test func `of a folder above follow each folder that is made`() throws {
        try withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let top = Directory(directory.path(of: "a"), flusher: flusher)
            try top.create()
            let deep = top.folder("b").folder("c")
            try deep.createWithParents()
            #expect(flusher.flushes == ["folder a", "folder b"])
            #expect(try deep.permissions() == 0o700)
            try deep.createWithParents()
            #expect(flusher.flushes == ["folder a", "folder b"])
        }
    }

    @Test func `of a folder that somebody else made are not taken for granted`() throws {
        try withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let top = Directory(directory.path(of: "a"), flusher: flusher)
            try top.create()
            try top.folder("b").create()
            let folders = DurableFolders(limit: 8)
            try folders.make(top.folder("b"), in: top)
            try folders.make(top.folder("b"), in: top)
            #expect(flusher.flushes == ["folder a"])
        }
    }

    @Test func `of a folder that failed are tried again`() throws {
        try withTemporaryDirectory { directory in
            let folders = DurableFolders(limit: 8)
            let failing = Directory(directory.path, flusher: WatchedFlusher(failing: .folder))
            #expect(throws: FileFailure.self) {
                try folders.make(failing.folder("b"), in: failing)
            }
            let flusher = WatchedFlusher()
            let sound = Directory(directory.path, flusher: flusher)
            try folders.make(sound.folder("b"), in: sound)
            #expect(flusher.flushes.count == 1)
        }
    }

    @Test func `are remembered up to a limit, and cost once more past it`() throws {
        try withTemporaryDirectory { directory in
            let flusher = WatchedFlusher()
            let top = Directory(directory.path, flusher: flusher)
            let folders = DurableFolders(limit: 2)
            for name in ["a", "b", "a", "b"] { try folders.make(top.folder(name), in: top) }
            #expect(flusher.flushes.count == 2)
            for name in ["c", "a"] { try folders.make(top.folder(name), in: top) }
            #expect(flusher.flushes.count == 4)
        }
    }
}
