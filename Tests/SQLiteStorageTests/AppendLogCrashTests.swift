import Encoding
import Files
import Logging
import Storage
import StorageConformance
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("The append log after a crash")
struct AppendLogCrashTests {
    private func open(
        _ directory: Directory,
        segmentBytes: Int = 1 << 20,
        for access: DirectoryAccess = .serving
    ) throws(StorageError) -> FileAppendLog {
        try FileAppendLog(
            LogFolder(in: directory),
            for: access,
            segmentBytes: segmentBytes,
            logger: quiet
        )
    }

    /// Makes a log of these entries, each flushed on its own, and returns where they stand.
    private func fill(
        _ directory: Directory,
        _ entries: [[UInt8]],
        segmentBytes: Int = 1 << 20
    ) async throws -> [LogPosition] {
        let log = try open(directory, segmentBytes: segmentBytes)
        var positions: [LogPosition] = []
        for entry in entries { positions.append(try await log.append(entry)) }
        log.close()
        return positions
    }

    private func all(_ log: FileAppendLog) async throws -> [LogEntry] {
        try await log.entries(from: LogPosition(offset: 0), limit: 1000)
    }

    private func segment(_ directory: Directory, _ base: UInt64 = 0) throws -> OpenFile {
        let path = directory.path(of: "log/" + LogSegment.fileName(base))
        return try OpenFile(path, for: .writing)
    }

    private let entries: [[UInt8]] = [[1, 1, 1], [], [2, 2, 2, 2, 2], [3], [4, 4, 4, 4]]

    @Test func `has what was whole, whatever byte it was cut at`() async throws {
        try await withTemporaryDirectory { directory in
            let positions = try await fill(directory, entries)
            let whole = try segment(directory).readAll(limit: 1 << 20)
            for length in LogSegment.headerLength...whole.count {
                let file = try segment(directory)
                try file.truncate(to: 0)
                try file.write(Array(whole.prefix(length)), at: 0)
                let log = try open(directory)
                let found = try await all(log)
                let ends = positions.dropFirst().map(\.offset) + [UInt64(whole.count - 24)]
                let kept = ends.filter { Int($0) + LogSegment.headerLength <= length }.count
                #expect(found.map(\.bytes) == Array(entries.prefix(kept)), "cut at \(length)")

                // What comes then stands where the tail was dropped, and nothing of the tail remains.
                let next = try await log.append([9, 9])
                let expected = kept < positions.count ? positions[kept].offset : ends.last ?? 0
                #expect(next.offset == expected)
                log.close()
                let again = try open(directory)
                #expect(try await all(again).map(\.bytes) == entries.prefix(kept) + [[9, 9]])
                again.close()
            }
        }
    }

    @Test func `refuses to open with an acknowledged entry damaged`() async throws {
        try await withTemporaryDirectory { directory in
            let positions = try await fill(directory, entries)
            let file = try segment(directory)
            // The entry before the last was flushed before the last was written, and the last says so.
            let start = LogSegment.headerLength + Int(positions[2].offset)
            let end = LogSegment.headerLength + Int(positions[4].offset)
            for offset in start..<end {
                let byte = try file.read(at: offset, count: 1)[0]
                for bit in [UInt8(1), 0x80] {
                    try file.write([byte ^ bit], at: offset)
                    #expect(throws: StorageError.self, "byte \(offset) changed") {
                        try open(directory)
                    }
                }
                try file.write([byte], at: offset)
            }
            let log = try open(directory)
            #expect(try await all(log).count == entries.count)
            log.close()
        }
    }

    @Test func `drops a last entry that does not check`() async throws {
        try await withTemporaryDirectory { directory in
            let positions = try await fill(directory, entries)
            let file = try segment(directory)
            let size = try file.size()
            let original = try file.readAll(limit: 1 << 20)
            for offset in (LogSegment.headerLength + Int(positions[4].offset))..<size {
                try file.write([original[offset] ^ 1], at: offset)
                let log = try open(directory)
                #expect(try await all(log).map(\.bytes) == Array(entries.dropLast()))
                log.close()
                try file.write(original, at: 0)
            }
        }
    }

    @Test func `drops a group of which only later parts reached the disk`() async throws {
        try await withTemporaryDirectory { directory in
            let positions = try await fill(directory, entries)
            let file = try segment(directory)
            let end = UInt64(try file.size() - LogSegment.headerLength)
            // A group of three, written at once after `end` was durable; its first entry is zeros.
            var group: [UInt8] = []
            for bytes in [[5, 5], [6], [7, 7, 7]] as [[UInt8]] {
                LogFrame.append(bytes, at: end + UInt64(group.count), durable: end, to: &group)
            }
            group.replaceSubrange(0..<18, with: [UInt8](repeating: 0, count: 18))
            try file.write(group, at: LogSegment.headerLength + Int(end))
            let log = try open(directory)
            #expect(try await all(log).map(\.position) == positions)
            #expect(try await log.append([8]).offset == end)
            log.close()
            #expect(try segment(directory).size() == LogSegment.headerLength + Int(end) + 17)
        }
    }

    @Test(arguments: [0, 1, 100, 5000])
    func `drops zeros that a longer file left behind`(count: Int) async throws {
        try await withTemporaryDirectory { directory in
            _ = try await fill(directory, entries)
            let file = try segment(directory)
            let size = try file.size()
            try file.truncate(to: size + count)
            let log = try open(directory)
            #expect(try await all(log).map(\.bytes) == entries)
            log.close()
            #expect(try file.size() == size)
        }
    }

    @Test func `has all that was acknowledged when it was killed`() async throws {
        try await withTemporaryDirectory { directory in
            let log = try open(directory, segmentBytes: 100)
            for number in 0..<40 {
                _ = try await log.append([UInt8](repeating: UInt8(number), count: number))
            }
            // The copy is what a process finds that starts after this one was killed.
            try await withTemporaryDirectory { copy in
                try Directory(copy.path(of: "log")).create()
                for name in try Directory(directory.path(of: "log")).names() {
                    let source = try OpenFile(directory.path(of: "log/\(name)"), for: .reading)
                    let target = try OpenFile(copy.path(of: "log/\(name)"), for: .creating)
                    try target.write(source.readAll(limit: 1 << 20), at: 0)
                }
                let restarted = try open(copy, segmentBytes: 100)
                #expect(try await all(restarted) == all(log))
                #expect(try await all(restarted).count == 40)
                restarted.close()
            }
            log.close()
        }
    }

    @Test func `finds an earlier file damaged when it is read`() async throws {
        try await withTemporaryDirectory { directory in
            let many = (0..<20).map { [UInt8](repeating: UInt8($0), count: 30) }
            let positions = try await fill(directory, many, segmentBytes: 100)
            let file = try segment(directory)
            try file.write([0xFF], at: LogSegment.headerLength + 20)
            let log = try open(directory, segmentBytes: 100)
            await #expect(throws: StorageError.corrupt("log entry 0 is damaged")) {
                try await log.read(positions[0])
            }
            await #expect(throws: StorageError.corrupt("log entry 0 is damaged")) {
                try await all(log)
            }
            let rest = try await log.entries(from: positions[10], limit: 100)
            #expect(rest.map(\.bytes) == Array(many[10...]))
            log.close()
        }
    }

    @Test func `refuses to open with a file missing in the middle, or with another's header`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let many = (0..<20).map { [UInt8](repeating: UInt8($0), count: 30) }
            _ = try await fill(directory, many, segmentBytes: 100)
            let folder = Directory(directory.path(of: "log"))
            let bases = try folder.names().compactMap(LogSegment.base(inFileName:)).sorted()
            let file = try segment(directory, bases[2])
            let header = try file.read(at: 0, count: LogSegment.headerLength)
            try file.write([header[15] ^ 1], at: 15)
            #expect(throws: StorageError.self) { try open(directory) }
            try file.write(header, at: 0)
            try open(directory).close()
            try folder.remove(LogSegment.fileName(bases[2]))
            #expect(throws: StorageError.self) { try open(directory) }
        }
    }

    @Test func `remembers exactly from where it is kept`() async throws {
        try await withTemporaryDirectory { directory in
            let many = (0..<20).map { [UInt8](repeating: UInt8($0), count: 30) }
            var positions = try await fill(directory, many, segmentBytes: 100)
            let folder = Directory(directory.path(of: "log"))
            let filesBefore = try folder.names().count
            for kept in [3, 4, 5, 11, 19] {
                let log = try open(directory, segmentBytes: 100)
                try await log.truncate(before: positions[kept])
                log.close()
                let again = try open(directory, segmentBytes: 100)
                #expect(try await all(again).map(\.bytes) == Array(many[kept...]))
                again.close()
            }
            #expect(try folder.names().count < filesBefore - 5)
            let log = try open(directory, segmentBytes: 100)
            try await log.truncate(before: LogPosition(offset: .max))
            log.close()
            let empty = try open(directory, segmentBytes: 100)
            #expect(try await all(empty) == [])
            positions.append(try await empty.append([1]))
            #expect(positions == positions.sorted())
            empty.close()
        }
    }

    @Test func `removes files that a crash left after a truncation`() async throws {
        try await withTemporaryDirectory { directory in
            let many = (0..<20).map { [UInt8](repeating: UInt8($0), count: 30) }
            let positions = try await fill(directory, many, segmentBytes: 100)
            let first = try segment(directory).readAll(limit: 1 << 20)
            let log = try open(directory, segmentBytes: 100)
            try await log.truncate(before: positions[4])
            log.close()
            // The front was remembered, and the machine stopped before the first file was removed.
            try segment(directory).write(first, at: 0)
            let again = try open(directory, segmentBytes: 100)
            #expect(try await all(again).first?.position == positions[4])
            again.close()
            let names = try Directory(directory.path(of: "log")).names()
            #expect(!names.contains(LogSegment.fileName(0)))
        }
    }

    @Test func `keeps the greater of two fronts, and the other when one is torn`() throws {
        try withTemporaryDirectory { directory in
            try directory.create()
            var front = try LogFront(in: directory, for: .serving)
            #expect(front.position == 0)
            try front.advance(to: 100)
            try front.advance(to: 300)
            #expect(try LogFront(in: directory, for: .reading).position == 300)
            let file = try OpenFile(directory.path(of: "front"), for: .writing)
            for offset in [0, 4096] {
                let slot = try file.read(at: offset, count: 12)
                guard slot.starts(with: [0, 0, 0, 0, 0, 0, 1, 0x2C]) else { continue }
                try file.write([0xFF], at: offset + 3)
            }
            #expect(try LogFront(in: directory, for: .reading).position == 100)
        }
    }

    @Test func `is read beside a server, and not changed`() async throws {
        try await withTemporaryDirectory { directory in
            let log = try open(directory)
            _ = try await log.append([1])
            let reader = try open(directory, for: .reading)
            #expect(try await all(reader).map(\.bytes) == [[1]])
            await #expect(throws: StorageError.self) { try await reader.append([2]) }
            await #expect(throws: StorageError.self) {
                try await reader.truncate(before: LogPosition(offset: 1))
            }
            _ = try await log.append([2])
            #expect(try await all(log).count == 2)
            log.close()
        }
    }
}

@Suite("The bytes of the append log")
struct LogFormatTests {
    @Test func `are those of docs/formats/append-log.md`() async throws {
        try await withTemporaryDirectory { directory in
            let log = try FileAppendLog(
                LogFolder(in: directory),
                for: .serving,
                segmentBytes: 1 << 20,
                logger: quiet
            )
            _ = try await log.append(Array("one".utf8))
            let second = try await log.append(Array("two!".utf8))
            try await log.truncate(before: second)
            log.close()
            let folder = Directory(directory.path(of: "log"))
            let file = try OpenFile(folder.path(of: "00000000000000000000.log"), for: .reading)
            #expect(try hex(file.readAll(limit: 1000)) == Self.file)
            let front = try OpenFile(folder.path(of: "front"), for: .reading).readAll(limit: 8192)
            #expect(front.count == 8192)
            #expect([0, 4096].map { hex(Array(front[$0..<$0 + 12])) }.contains(Self.front))
        }
    }

    /// Made by another program from the description.
    private static let file =
        "53454b494c4f47310000000000000000e66a379800000000"
        + "000000035e61d42600000000000000006f6e65"
        + "00000004f51a5bd3000000000000001374776f21"
    private static let front = "00000000000000138f268611"

    @Test(
        arguments: [
            ("", 0x0000_0000), ("123456789", 0xE306_9283), ("a", 0xC1D0_4330),
            ("The quick brown fox jumps over the lazy dog", 0x2262_0404),
        ] as [(String, UInt32)]
    )
    func `are checked by CRC-32C`(text: String, sum: UInt32) {
        #expect(CRC32.of(Array(text.utf8), .castagnoli) == sum)
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
