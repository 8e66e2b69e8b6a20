package import Sealing
package import Vocabulary

/// Why the bytes of a batch could not be used.
///
/// What is damaged is said, and never passed over.
package enum LogBatchError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end before the batch does, or go on after it.
    case malformed(String)
    /// Written by a version this program does not know.
    case unknownVersion(UInt8)
    /// The sealed part does not open: changed, moved, or under another data key.
    case notAuthentic
    /// The leaves in front do not give the root that the stream's chain holds.
    case brokenChain

    package var description: String {
        switch self {
        case .malformed(let what): "malformed batch: \(what)"
        case .unknownVersion(let version): "batch of unknown version \(version)"
        case .notAuthentic: "the sealed events do not open: changed, moved, or another key"
        case .brokenChain: "the leaves do not give the root of the chain"
        }
    }
}

/// What stands in front of a batch, readable without a data key: whose it is and how it is linked.
package struct LogBatchHeader: Equatable, Sendable {
    package let stream: LogStreamIdentity
    package let firstSequence: UInt64
    package let ingestionTime: Int64
    /// The data key that the events are sealed under: 32 hexadecimal digits.
    package let dataKeyID: String
    /// The stream's root before this batch.
    package let previousRoot: LogDigest
    package let leaves: [LogDigest]

    /// The stream's root after this batch.
    package var root: LogDigest {
        EventChain.link(
            previous: previousRoot,
            tree: EventChain.tree(leaves[...]),
            firstSequence: firstSequence,
            count: UInt32(leaves.count),
            in: stream
        )
    }
}

/// A batch of events of one stream, as it lies in the append log and in blobs: header, leaves, sealed events.
///
/// The exact bytes are in `docs/formats/log-batch.md`. Everything in front of the sealed part is its
/// associated data, so that no byte of an entry can change without the batch failing to open.
package struct LogBatch: Equatable, Sendable {
    package let header: LogBatchHeader
    package let events: [LogEvent]

    private static let version: UInt8 = 1
    private static let secretLength = 32

    /// Chains and seals events that follow `previousRoot` in their stream.
    package static func seal(
        _ events: [LogEvent],
        of stream: LogStreamIdentity,
        firstSequence: UInt64,
        ingestionTime: Int64,
        previousRoot: LogDigest,
        dataKeyID: String,
        key: SealingKey,
        entropy: some Entropy
    ) -> (bytes: [UInt8], root: LogDigest) {
        let secret = Secret(entropy.bytes(secretLength))
        let leaves = events.enumerated().map { index, event in
            let sequence = firstSequence + UInt64(index)
            let salt = EventChain.salt(secret: secret, sequence: sequence)
            return EventChain.leaf(of: event, sequence: sequence, salt: salt, in: stream)
        }
        let header = LogBatchHeader(
            stream: stream,
            firstSequence: firstSequence,
            ingestionTime: ingestionTime,
            dataKeyID: dataKeyID,
            previousRoot: previousRoot,
            leaves: leaves
        )
        var body = BinaryWriter(
            reserving: secretLength + events.reduce(0) { $0 + $1.message.count + 12 }
        )
        secret.withBytes { body.raw($0) }
        for event in events {
            body.number(event.timestamp)
            body.counted(event.message)
        }
        let front = encode(header)
        return (front + key.seal(body.bytes, for: front, entropy: entropy), header.root)
    }

    private static func encode(_ header: LogBatchHeader) -> [UInt8] {
        var writer = BinaryWriter(reserving: 160 + header.leaves.count * LogDigest.length)
        writer.raw([version])
        writer.raw(header.stream.encoded)
        writer.number(header.firstSequence)
        writer.number(header.ingestionTime)
        writer.counted(Array(header.dataKeyID.utf8))
        writer.raw(header.previousRoot.bytes)
        writer.number(UInt32(header.leaves.count))
        for leaf in header.leaves { writer.raw(leaf.bytes) }
        return writer.bytes
    }

    /// Reads what needs no data key.
    package static func header(
        of bytes: [UInt8]
    ) throws(LogBatchError) -> LogBatchHeader {
        try split(bytes).header
    }

    private static func split(
        _ bytes: [UInt8]
    ) throws(LogBatchError) -> (header: LogBatchHeader, length: Int) {
        guard let first = bytes.first else { throw .malformed("empty") }
        guard first == version else { throw .unknownVersion(first) }
        var reader = BinaryReader(bytes[1...])
        guard let account = reader.text(), let region = reader.text(), let group = reader.raw(16),
            let stream = reader.number(UInt64.self), stream <= UInt64(Int64.max),
            let firstSequence = reader.number(UInt64.self),
            firstSequence <= Limits.Logs.eventsPerStream,
            let ingestionTime = reader.number(Int64.self), let dataKeyID = reader.text(),
            let previous = reader.raw(LogDigest.length).flatMap({ LogDigest($0) }),
            let count = reader.number(UInt32.self),
            Limits.Logs.eventsPerBatch.contains(Int(count)),
            let hashes = reader.raw(Int(count) * LogDigest.length)
        else { throw .malformed("cut off or out of bounds in front of the events") }
        let leaves = stride(from: hashes.startIndex, to: hashes.endIndex, by: LogDigest.length)
            .compactMap { LogDigest(hashes[$0..<$0 + LogDigest.length]) }
        let header = LogBatchHeader(
            stream: LogStreamIdentity(
                account: account,
                region: region,
                group: LogGroupID(bytes: Array(group)),
                stream: LogStreamID(stream)
            ),
            firstSequence: firstSequence,
            ingestionTime: ingestionTime,
            dataKeyID: dataKeyID,
            previousRoot: previous,
            leaves: leaves
        )
        return (header, 1 + reader.consumed)
    }

    /// Opens a batch under its data key.
    package static func open(
        _ bytes: [UInt8],
        key: SealingKey
    ) throws(LogBatchError) -> LogBatch {
        let (header, length) = try split(bytes)
        let body: [UInt8]
        do {
            body = try key.open(Array(bytes[length...]), for: Array(bytes[..<length]))
        } catch {
            throw .notAuthentic
        }
        var reader = BinaryReader(body[...])
        guard reader.raw(secretLength) != nil else { throw .malformed("no secret") }
        var events: [LogEvent] = []
        events.reserveCapacity(header.leaves.count)
        for _ in header.leaves {
            guard let timestamp = reader.number(Int64.self), let message = reader.counted() else {
                throw .malformed("fewer events than leaves")
            }
            events.append(LogEvent(timestamp: timestamp, message: Array(message)))
        }
        guard reader.isAtEnd else { throw .malformed("more bytes than events") }
        return LogBatch(header: header, events: events)
    }

    /// The secret that the salts of a batch derive from, for `verify` with a data key and for exports.
    package static func secret(
        of bytes: [UInt8],
        key: SealingKey
    ) throws(LogBatchError) -> Secret {
        let (_, length) = try split(bytes)
        do {
            let body = try key.open(Array(bytes[length...]), for: Array(bytes[..<length]))
            guard body.count >= secretLength else { throw LogBatchError.malformed("no secret") }
            return Secret(Array(body[..<secretLength]))
        } catch let error as LogBatchError {
            throw error
        } catch {
            throw .notAuthentic
        }
    }
}
