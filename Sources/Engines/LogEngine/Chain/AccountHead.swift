/// What an account's log took in since its last head: where a stream stands now, or what was removed.
package enum AccountLogEntry: Hashable, Sendable {
    /// The stream holds everything below `nextSequence`, and its chain ends in `root`.
    case stream(group: LogGroupID, stream: LogStreamID, nextSequence: UInt64, root: LogDigest)
    /// Events were removed, as the tombstone with this hash says.
    case tombstone(LogDigest)
}

/// The state of all of an account's streams in one region at one moment, linked to the one before.
///
/// It names what changed since the head before; walking the heads from the first to the last gives the root
/// of every stream.
package struct AccountHead: Equatable, Sendable {
    package let account: String
    package let region: String
    package let number: UInt64
    /// When it was signed, in milliseconds since 1970.
    package let time: Int64
    /// The hash of the head before; `LogDigest.none` for number 0.
    package let previous: LogDigest
    package let entries: [AccountLogEntry]

    package init(
        account: String,
        region: String,
        number: UInt64,
        time: Int64,
        previous: LogDigest,
        entries: [AccountLogEntry]
    ) {
        self.account = account
        self.region = region
        self.number = number
        self.time = time
        self.previous = previous
        self.entries = entries
    }

    /// The bytes that are hashed and signed.
    package var encoded: [UInt8] {
        var writer = BinaryWriter(reserving: 128 + entries.count * 65)
        writer.raw([HashDomain.head.rawValue, 1])
        writer.counted(Array(account.utf8))
        writer.counted(Array(region.utf8))
        writer.number(number)
        writer.number(time)
        writer.raw(previous.bytes)
        writer.number(UInt32(entries.count))
        for entry in entries {
            switch entry {
            case .stream(let group, let stream, let nextSequence, let root):
                writer.raw([1])
                writer.raw(group.bytes)
                writer.number(stream.number)
                writer.number(nextSequence)
                writer.raw(root.bytes)
            case .tombstone(let hash):
                writer.raw([2])
                writer.raw(hash.bytes)
            }
        }
        return writer.bytes
    }

    package var hash: LogDigest { LogDigest(of: encoded) }

    /// Reads what `encoded` wrote, or nil if the bytes are anything else.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.starts(with: [HashDomain.head.rawValue, 1]) else { return nil }
        var reader = BinaryReader(bytes[2...])
        guard let account = reader.text(), let region = reader.text(),
            let number = reader.number(UInt64.self), let time = reader.number(Int64.self),
            let previous = reader.raw(LogDigest.length).flatMap({ LogDigest($0) }),
            let count = reader.number(UInt32.self)
        else { return nil }
        var entries: [AccountLogEntry] = []
        for _ in 0..<count {
            guard let entry = Self.entry(&reader) else { return nil }
            entries.append(entry)
        }
        guard reader.isAtEnd else { return nil }
        self.init(
            account: account,
            region: region,
            number: number,
            time: time,
            previous: previous,
            entries: entries
        )
    }

    private static func entry(_ reader: inout BinaryReader) -> AccountLogEntry? {
        switch reader.number(UInt8.self) {
        case 1:
            guard let group = reader.raw(16), let stream = reader.number(UInt64.self),
                let next = reader.number(UInt64.self),
                let root = reader.raw(LogDigest.length).flatMap({ LogDigest($0) })
            else { return nil }
            return .stream(
                group: LogGroupID(bytes: Array(group)),
                stream: LogStreamID(stream),
                nextSequence: next,
                root: root
            )
        case 2:
            return reader.raw(LogDigest.length).flatMap { LogDigest($0) }.map { .tombstone($0) }
        default:
            return nil
        }
    }
}
