import Crypto
import LogEngine
import Sealing
import Simulation
import Testing

@Suite("The chain of a stream")
struct EventChainTests {
    private func digest(_ bytes: [UInt8]) -> LogDigest { LogDigest(of: bytes) }

    /// The bytes of a stream's identity, written out by hand from the format page.
    private let identity: [UInt8] =
        [0, 0, 0, 12] + Array("111122223333".utf8) + [0, 0, 0, 9] + Array("us-east-1".utf8)
        + (0...15) + [0, 0, 0, 0, 0, 0, 0, 42]

    @Test func `has leaves of exactly these bytes`() throws {
        let salt: [UInt8] = [9, 9]
        let leaf = EventChain.leaf(
            of: LogEvent(timestamp: 258, message: Array("hi".utf8)),
            sequence: 3,
            salt: salt,
            in: try LogBatchTests.identity()
        )
        let bytes: [UInt8] =
            [0, 0, 0, 0, 2, 9, 9] + identity + [0, 0, 0, 0, 0, 0, 0, 3]
            + [0, 0, 0, 0, 0, 0, 1, 2] + [0, 0, 0, 2] + Array("hi".utf8)
        #expect(leaf == digest(bytes))
    }

    @Test func `has salts that come from the batch's secret`() {
        let secret = Secret([UInt8](repeating: 1, count: 32))
        let expected = HMAC<SHA256>.authenticationCode(
            for: Array("sekisho log salt".utf8) + [0, 0, 0, 0, 0, 0, 0, 5],
            using: SymmetricKey(data: [UInt8](repeating: 1, count: 32))
        )
        #expect(EventChain.salt(secret: secret, sequence: 5) == Array(expected))
    }

    @Test func `has trees split as RFC 6962 splits them`() {
        let leaves = (0..<5).map { digest([UInt8($0)]) }
        func node(_ left: LogDigest, _ right: LogDigest) -> LogDigest {
            digest([1] + left.bytes + right.bytes)
        }
        #expect(EventChain.tree(leaves[0..<1]) == leaves[0])
        #expect(EventChain.tree(leaves[0..<2]) == node(leaves[0], leaves[1]))
        let four = node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3]))
        #expect(EventChain.tree(leaves[0..<4]) == four)
        #expect(EventChain.tree(leaves[...]) == node(four, leaves[4]))
    }

    @Test func `has links of exactly these bytes`() throws {
        let previous = digest([1])
        let tree = digest([2])
        let link = EventChain.link(
            previous: previous,
            tree: tree,
            firstSequence: 7,
            count: 2,
            in: try LogBatchTests.identity()
        )
        let bytes: [UInt8] =
            [2] + previous.bytes + identity + [0, 0, 0, 0, 0, 0, 0, 7] + [0, 0, 0, 2] + tree.bytes
        #expect(link == digest(bytes))
    }

    @Test func `can be checked to the text with the data key`() throws {
        let (bytes, root) = try LogBatchTests.seal(["one", "two"], first: 4)
        let batch = try LogBatch.open(bytes, key: LogBatchTests.key)
        let secret = try LogBatch.secret(of: bytes, key: LogBatchTests.key)
        for (index, event) in batch.events.enumerated() {
            let sequence = batch.header.firstSequence + UInt64(index)
            let salt = EventChain.salt(secret: secret, sequence: sequence)
            let leaf = EventChain.leaf(
                of: event,
                sequence: sequence,
                salt: salt,
                in: batch.header.stream
            )
            #expect(leaf == batch.header.leaves[index])
            let other = LogEvent(timestamp: event.timestamp, message: event.message + [33])
            let changed = EventChain.leaf(
                of: other,
                sequence: sequence,
                salt: salt,
                in: batch.header.stream
            )
            #expect(changed != leaf)
        }
        #expect(batch.header.root == root)
    }

    @Test func `gives other roots for another place, order or predecessor`() throws {
        let roots = [
            try LogBatchTests.seal(["a", "b"]).root,
            try LogBatchTests.seal(["b", "a"]).root,
            try LogBatchTests.seal(["a", "b"], first: 1).root,
            try LogBatchTests.seal(["a", "b"], previous: digest([1])).root,
            try LogBatchTests.seal(["a", "b"], stream: 43).root,
        ]
        #expect(Set(roots).count == roots.count)
    }
}

@Suite("Signed statements")
struct SignedStatementTests {
    private func head() throws -> AccountHead {
        AccountHead(
            account: "111122223333",
            region: "us-east-1",
            number: 3,
            time: 1_767_323_045_000,
            previous: LogDigest(of: [1]),
            entries: [
                .stream(
                    group: try #require(LogGroupID("000102030405060708090a0b0c0d0e0f")),
                    stream: LogStreamID(42),
                    nextSequence: 9,
                    root: LogDigest(of: [2])
                ), .tombstone(LogDigest(of: [3])),
            ]
        )
    }

    private func tombstone() throws -> Tombstone {
        Tombstone(
            stream: try LogBatchTests.identity(),
            groupName: "/ssm/console",
            streamName: "alice-1",
            reason: .retention,
            firstSequence: 0,
            nextSequence: 12,
            lastRoot: LogDigest(of: [4]),
            time: 1_767_323_045_000
        )
    }

    @Test func `are read as they were written, and in no other form`() throws {
        let head = try head()
        #expect(AccountHead(encoded: head.encoded) == head)
        #expect(AccountHead(encoded: head.encoded + [0]) == nil)
        let tombstone = try tombstone()
        #expect(Tombstone(encoded: tombstone.encoded) == tombstone)
        #expect(Tombstone(encoded: tombstone.encoded + [0]) == nil)
        for length in head.encoded.indices {
            #expect(AccountHead(encoded: Array(head.encoded[..<length])) == nil)
        }
        for length in tombstone.encoded.indices {
            #expect(Tombstone(encoded: Array(tombstone.encoded[..<length])) == nil)
        }
        #expect(AccountHead(encoded: tombstone.encoded) == nil)
    }

    @Test func `are vouched for by their key only`() throws {
        let entropy = SeededEntropy(seed: 1)
        let signer = try #require(HeadSigner(HeadSigner.makeKey(entropy: entropy)))
        let other = try #require(HeadSigner(HeadSigner.makeKey(entropy: entropy)))
        let bytes = try head().encoded
        let signature = try signer.sign(bytes)
        #expect(HeadSigner.isValid(signature, of: bytes, publicKey: signer.publicKey))
        #expect(!HeadSigner.isValid(signature, of: bytes, publicKey: other.publicKey))
        #expect(!HeadSigner.isValid(signature, of: bytes + [0], publicKey: signer.publicKey))
        #expect(!HeadSigner.isValid([], of: bytes, publicKey: signer.publicKey))
        #expect(!HeadSigner.isValid(signature, of: bytes, publicKey: []))
        #expect(HeadSigner(Secret([1, 2, 3])) == nil)
    }
}

@Suite("The position of an event")
struct EventPositionTests {
    @Test func `is written as 56 digits that sort as events do`() {
        var random = SplitMix64(seed: 11)
        let positions = (0..<200).map { _ in
            EventPosition(
                timestamp: .random(in: 0...3, using: &random),
                ingestionTime: .random(in: 0...3, using: &random),
                stream: LogStreamID(.random(in: 0...UInt64.max, using: &random)),
                sequence: .random(in: 0...99_999_999_999, using: &random)
            )
        }
        #expect(
            positions.sorted().map(\.description) == positions.map(\.description).sorted()
        )
        for position in positions {
            #expect(position.description.utf8.count == 56)
            #expect(EventPosition(position.description) == position)
        }
    }

    @Test(arguments: [
        "", "1", String(repeating: "9", count: 57), String(repeating: "x", count: 56),
    ])
    func `is not any other text`(text: String) {
        #expect(EventPosition(text) == nil)
    }
}
