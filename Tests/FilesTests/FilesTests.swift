import Files
import StorageConformance
import Testing

@Suite("Files")
struct FilesTests {
    @Test func `are for their owner only`() throws {
        try withTemporaryDirectory { directory in
            let file = try OpenFile(directory.path(of: "a"), for: .creating)
            #expect(try file.mode() == 0o600)
            let folder = Directory(directory.path(of: "b"))
            #expect(try folder.create())
            #expect(try !folder.create())
        }
    }

    @Test func `are created once`() throws {
        try withTemporaryDirectory { directory in
            _ = try OpenFile(directory.path(of: "a"), for: .creating)
            #expect { try OpenFile(directory.path(of: "a"), for: .creating) } throws: {
                ($0 as? FileFailure)?.isExisting == true
            }
            #expect { try OpenFile(directory.path(of: "b"), for: .reading) } throws: {
                ($0 as? FileFailure)?.isMissing == true
            }
        }
    }

    @Test func `are read from where one says, to where they end`() throws {
        try withTemporaryDirectory { directory in
            let file = try OpenFile(directory.path(of: "a"), for: .creating)
            try file.write([1, 2, 3, 4], at: 2)
            try file.synchronize()
            #expect(try file.read(at: 0, count: 100) == [0, 0, 1, 2, 3, 4])
            #expect(try file.read(at: 3, count: 2) == [2, 3])
            #expect(try file.read(at: 6, count: 2) == [])
            #expect(try file.readAll(limit: 6).count == 6)
            #expect(throws: FileFailure.self) { try file.readAll(limit: 5) }
            try file.truncate(to: 3)
            #expect(try file.size() == 3)
        }
    }

    @Test func `are replaced whole`() throws {
        try withTemporaryDirectory { directory in
            try directory.replace("a", with: [1, 2, 3])
            try directory.replace("a", with: [4])
            #expect(try OpenFile(directory.path(of: "a"), for: .reading).readAll(limit: 9) == [4])
            #expect(try directory.names() == ["a"])
        }
    }

    @Test func `are locked by one at a time`() throws {
        try withTemporaryDirectory { directory in
            let first = try OpenFile(directory.path(of: "lock"), for: .writing)
            let second = try OpenFile(directory.path(of: "lock"), for: .writing)
            #expect(try first.lock())
            #expect(try !second.lock())
            first.unlock()
            #expect(try second.lock())
        }
    }
}
