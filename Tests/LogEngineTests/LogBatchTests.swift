import LogEngine
import Sealing
import Simulation
import Testing

@Suite("A batch of events")
struct LogBatchTests {
    static let key = SealingKey(Secret([UInt8](repeating: 3, count: 32)))

    static func identity(stream: UInt64 = 42) throws -> LogStreamIdentity {
        LogStreamIdentity(
            account: "111122223333",
            region: "us-east-1",
            group: try #require(LogGroupID("000102030405060708090a0b0c0d0e0f")),
            stream: LogStreamID(stream)
        )
    }

    static func seal(
        _ messages: [String],
        first: UInt64 = 0,
        previous: LogDigest = .none,
        stream: UInt64 = 42
    ) throws -> (bytes: [UInt8], root: LogDigest) {
        LogBatch.seal(
            messages.enumerated().map {
                LogEvent(timestamp: 1_767_323_045_000 + Int64($0), message: Array($1.utf8))
            },
            of: try identity(stream: stream),
            firstSequence: first,
            ingestionTime: 1_767_323_045_678,
            previousRoot: previous,
            dataKeyID: "0f0e0d0c0b0a09080706050403020100",
            key: key,
            entropy: SeededEntropy(seed: 5)
        )
    }

    @Test func `opens as it was sealed`() throws {
        let (bytes, root) = try Self.seal(["one", "zwei ✓", ""], first: 7)
        let batch = try LogBatch.open(bytes, key: Self.key)
        #expect(batch.header == (try LogBatch.header(of: bytes)))
        #expect(batch.header.stream == (try Self.identity()))
        #expect(batch.header.firstSequence == 7)
        #expect(batch.header.ingestionTime == 1_767_323_045_678)
        #expect(batch.header.dataKeyID == "0f0e0d0c0b0a09080706050403020100")
        #expect(batch.header.root == root)
        #expect(
            batch.events.map { String(decoding: $0.message, as: UTF8.self) }
                == ["one", "zwei ✓", ""]
        )
        #expect(batch.events.map(\.timestamp).first == 1_767_323_045_000)
    }

    @Test func `does not open with any one bit changed`() throws {
        let (bytes, _) = try Self.seal(["one", "two"])
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(throws: LogBatchError.self, "byte \(index)") {
                try LogBatch.open(changed, key: Self.key)
            }
        }
    }

    @Test func `does not open cut off anywhere, nor with a byte more`() throws {
        let (bytes, _) = try Self.seal(["one", "two"])
        for length in bytes.indices {
            #expect(throws: LogBatchError.self, "\(length) bytes") {
                try LogBatch.open(Array(bytes[..<length]), key: Self.key)
            }
        }
        #expect(throws: LogBatchError.notAuthentic) {
            try LogBatch.open(bytes + [0], key: Self.key)
        }
    }

    @Test func `does not open under another key, and says so of another version`() throws {
        let (bytes, _) = try Self.seal(["one"])
        #expect(throws: LogBatchError.notAuthentic) {
            try LogBatch.open(bytes, key: Self.key.derived(for: "other"))
        }
        #expect(throws: LogBatchError.unknownVersion(2)) {
            try LogBatch.open([2] + bytes.dropFirst(), key: Self.key)
        }
    }

    @Test func `with a count out of bounds is malformed, not a crash`() throws {
        var (bytes, _) = try Self.seal(["one"])
        // The count of leaves stands before one leaf and the sealed part.
        let sealed = 32 + 12 + 3 + SealingKey.overhead
        let count = bytes.count - sealed - LogDigest.length - 4
        for value in [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0x27, 0x11]] as [[UInt8]] {
            bytes.replaceSubrange(count..<count + 4, with: value)
            #expect(throws: LogBatchError.self) { try LogBatch.header(of: bytes) }
        }
    }

    @Test func `shows neither its events nor its secret`() throws {
        let (bytes, _) = try Self.seal(["correct horse battery staple"])
        #expect(!String(decoding: bytes, as: UTF8.self).contains("horse"))
    }

    @Test func `has the size that the format page says`() throws {
        // version, account and region with lengths, group, stream, sequence, ingestion, key id, root, count
        let front = 1 + 4 + 12 + 4 + 9 + 16 + 8 + 8 + 8 + 4 + 32 + 32 + 4
        let (bytes, _) = try Self.seal(["one", "three"])
        #expect(bytes.count == front + 2 * 32 + SealingKey.overhead + 32 + 2 * 12 + 8)
    }

    @Test func `put together as a blob comes out again by its ranges and by its lengths`() throws {
        let batches = try ["a", "bb", "ccc"].map { try Self.seal([$0]).bytes }
        let blob = BatchBlob(batches)
        #expect(blob.ranges.map { Array(blob.bytes[$0]) } == batches)
        #expect(BatchBlob.batches(in: blob.bytes) == batches)
        #expect(BatchBlob.batches(in: Array(blob.bytes.dropLast())) == nil)
        #expect(BatchBlob.batches(in: [1, 2, 3]) == nil)
    }
}
