import FoundationEssentials
import LogEngine
import LogsService
import ServiceKit
import ServiceTestKit
import Storage
import Testing
import Vocabulary

/// Reads everything that storage holds the way `verify` will: chains, tombstones, heads, signatures.
struct ChainCheck {
    /// The members of a stored batch that the check needs.
    private struct StoredBatch: Decodable, Sendable {
        var firstSequence: UInt64
        var count: Int
        var root: String
        var location: Place

        enum Place: Decodable, Sendable {
            case log(offset: UInt64)
            case blob(name: String, offset: Int, length: Int)
        }
    }

    struct StoredStream: Decodable, Sendable {
        var id: UInt64
        var firstSequence: UInt64
        var nextSequence: UInt64
        var root: String
    }

    private struct Signed: Decodable, Sendable {
        var encoded: Data
        var signature: Data
        var publicKey: Data
    }

    private let logs: LogsBench
    private var scope: Scope { logs.bench.scope }

    init(_ logs: LogsBench) {
        self.logs = logs
    }

    private func all<Value: Decodable & Sendable>(
        _ kind: String,
        as type: Value.Type
    ) async throws -> [Stored<Value>] {
        try await logs.bench.store.range(
            RecordKey(scope, "logs", kind),
            as: type,
            limit: 10_000
        )
    }

    /// Every head links to the one before and is signed; every tombstone is signed and in a head.
    func heads() async throws -> [AccountHead] {
        var heads: [AccountHead] = []
        for record in try await all("head", as: Signed.self) {
            let head = try #require(AccountHead(encoded: Array(record.value.encoded)))
            #expect(head.number == UInt64(heads.count))
            #expect(head.previous == heads.last?.hash ?? .none)
            #expect(isSigned(record.value))
            heads.append(head)
        }
        return heads
    }

    func tombstones() async throws -> [Tombstone] {
        try await all("tombstone", as: Signed.self).map { record in
            #expect(isSigned(record.value))
            return try #require(Tombstone(encoded: Array(record.value.encoded)))
        }
    }

    private func isSigned(_ record: Signed) -> Bool {
        HeadSigner.isValid(
            Array(record.signature),
            of: Array(record.encoded),
            publicKey: Array(record.publicKey)
        )
    }

    /// The chain of every stream holds, from its last tombstone or from nothing to its root.
    func holds() async throws {
        let tombstones = try await tombstones()
        for stream in try await all("stream", as: StoredStream.self) {
            let group = try #require(stream.key.components.dropLast().last)
            let buried = tombstones.filter { $0.stream.stream.number == stream.value.id }
            var root = buried.last?.lastRoot ?? LogDigest.none
            var next = buried.last?.nextSequence ?? 0
            #expect(next == stream.value.firstSequence)
            let batches = try await logs.bench.store.range(
                RecordKey(scope, "logs", "batch", group, String(sortable: stream.value.id)),
                as: StoredBatch.self,
                limit: 10_000
            )
            for batch in batches.map(\.value) {
                let header = try LogBatch.header(of: try await bytes(batch.location))
                #expect(header.previousRoot == root)
                #expect(header.firstSequence == next)
                #expect(header.leaves.count == batch.count)
                #expect(header.root.description == batch.root)
                root = header.root
                next += UInt64(batch.count)
            }
            #expect(root.description == stream.value.root)
            #expect(next == stream.value.nextSequence)
        }
    }

    /// Every blob has a record with a count, and every count is right.
    func blobsAreNamed() async throws {
        struct Blob: Decodable, Sendable {
            var name: String
            var batches: Int
        }
        var used: [String: Int] = [:]
        for batch in try await all("batch", as: StoredBatch.self) {
            if case .blob(let name, _, _) = batch.value.location { used[name, default: 0] += 1 }
        }
        let records = try await all("blob", as: Blob.self).map(\.value)
        #expect(Dictionary(uniqueKeysWithValues: records.map { ($0.name, $0.batches) }) == used)
        let blobs = try await logs.engines.blobs.list(prefix: "", after: nil, limit: 10_000)
        #expect(Set(blobs) == Set(used.keys))
    }

    private func bytes(_ place: StoredBatch.Place) async throws -> [UInt8] {
        switch place {
        case .log(let offset):
            try await logs.engines.log.read(LogPosition(offset: offset))
        case .blob(let name, let offset, let length):
            try await logs.engines.blobs.get(name, range: offset..<offset + length)
        }
    }

    func streams() async throws -> [StoredStream] {
        try await all("stream", as: StoredStream.self).map(\.value)
    }

    /// How many records of a kind there are.
    func count(_ kind: String) async throws -> Int {
        struct Anything: Decodable, Sendable {}
        return try await all(kind, as: Anything.self).count
    }
}
