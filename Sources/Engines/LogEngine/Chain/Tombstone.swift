/// What is left of removed events: which, why, and the last root of their chain.
///
/// A stream's chain after a removal begins at `lastRoot`: the first batch that is left links to it.
package struct Tombstone: Equatable, Sendable {
    package enum Reason: UInt8, Sendable {
        case retention = 1
        case streamDeleted = 2
        case groupDeleted = 3
    }

    package let stream: LogStreamIdentity
    package let groupName: String
    package let streamName: String
    package let reason: Reason
    /// The first sequence that this removal took.
    package let firstSequence: UInt64
    /// The sequence after the last one that it took.
    package let nextSequence: UInt64
    /// The stream's root after the last batch removed.
    package let lastRoot: LogDigest
    /// When, in milliseconds since 1970.
    package let time: Int64

    package init(
        stream: LogStreamIdentity,
        groupName: String,
        streamName: String,
        reason: Reason,
        firstSequence: UInt64,
        nextSequence: UInt64,
        lastRoot: LogDigest,
        time: Int64
    ) {
        self.stream = stream
        self.groupName = groupName
        self.streamName = streamName
        self.reason = reason
        self.firstSequence = firstSequence
        self.nextSequence = nextSequence
        self.lastRoot = lastRoot
        self.time = time
    }

    /// The bytes that are hashed and signed.
    package var encoded: [UInt8] {
        var writer = BinaryWriter(reserving: 256)
        writer.raw([HashDomain.tombstone.rawValue, 1])
        writer.raw(stream.encoded)
        writer.counted(Array(groupName.utf8))
        writer.counted(Array(streamName.utf8))
        writer.raw([reason.rawValue])
        writer.number(firstSequence)
        writer.number(nextSequence)
        writer.raw(lastRoot.bytes)
        writer.number(time)
        return writer.bytes
    }

    package var hash: LogDigest { LogDigest(of: encoded) }

    /// Reads what `encoded` wrote, or nil if the bytes are anything else.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.starts(with: [HashDomain.tombstone.rawValue, 1]) else { return nil }
        var reader = BinaryReader(bytes[2...])
        guard let account = reader.text(), let region = reader.text(), let group = reader.raw(16),
            let stream = reader.number(UInt64.self), let groupName = reader.text(),
            let streamName = reader.text(),
            let reason = reader.number(UInt8.self).flatMap(Reason.init(rawValue:)),
            let first = reader.number(UInt64.self), let next = reader.number(UInt64.self),
            let root = reader.raw(LogDigest.length).flatMap({ LogDigest($0) }),
            let time = reader.number(Int64.self), reader.isAtEnd
        else { return nil }
        self.init(
            stream: LogStreamIdentity(
                account: account,
                region: region,
                group: LogGroupID(bytes: Array(group)),
                stream: LogStreamID(stream)
            ),
            groupName: groupName,
            streamName: streamName,
            reason: reason,
            firstSequence: first,
            nextSequence: next,
            lastRoot: root,
            time: time
        )
    }
}
