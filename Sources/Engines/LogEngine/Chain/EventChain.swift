import Crypto
package import Sealing

/// The hashes by which a stream's events are bound: leaf, tree of a batch, link from batch to batch.
///
/// `docs/formats/log-chain.md` gives the exact bytes. A leaf's salt comes from a secret that is sealed with
/// the batch, so that a leaf tells nothing about a guessed message to who has no data key.
package enum EventChain {
    /// The salt of one event of a batch with that secret.
    package static func salt(secret: Secret, sequence: UInt64) -> [UInt8] {
        var writer = BinaryWriter(reserving: 32)
        writer.raw("sekisho log salt".utf8)
        writer.number(sequence)
        return secret.withBytes { secret in
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: writer.bytes,
                    using: SymmetricKey(data: secret)
                )
            )
        }
    }

    /// The leaf of one event.
    package static func leaf(
        of event: LogEvent,
        sequence: UInt64,
        salt: [UInt8],
        in stream: LogStreamIdentity
    ) -> LogDigest {
        var writer = BinaryWriter(reserving: event.message.count + 160)
        writer.raw([HashDomain.leaf.rawValue])
        writer.counted(salt)
        writer.raw(stream.encoded)
        writer.number(sequence)
        writer.number(event.timestamp)
        writer.counted(event.message)
        return LogDigest(of: writer.bytes)
    }

    /// The root of the tree over a batch's leaves, split as RFC 6962, section 2.1 does.
    package static func tree(_ leaves: ArraySlice<LogDigest>) -> LogDigest {
        guard let first = leaves.first else { return .none }
        guard leaves.count > 1 else { return first }
        var left = 1
        while left * 2 < leaves.count { left *= 2 }
        let middle = leaves.startIndex + left
        let parts = [tree(leaves[..<middle]), tree(leaves[middle...])]
        return LogDigest(of: [HashDomain.node.rawValue] + parts[0].bytes + parts[1].bytes)
    }

    /// The root of a stream after a batch: what the next batch links to.
    package static func link(
        previous: LogDigest,
        tree: LogDigest,
        firstSequence: UInt64,
        count: UInt32,
        in stream: LogStreamIdentity
    ) -> LogDigest {
        var writer = BinaryWriter(reserving: 200)
        writer.raw([HashDomain.link.rawValue])
        writer.raw(previous.bytes)
        writer.raw(stream.encoded)
        writer.number(firstSequence)
        writer.number(count)
        writer.raw(tree.bytes)
        return LogDigest(of: writer.bytes)
    }
}

extension LogStreamIdentity {
    /// Account and region with their lengths, 16 bytes of the group, 8 of the stream.
    var encoded: [UInt8] {
        var writer = BinaryWriter(reserving: 64)
        writer.counted(Array(account.utf8))
        writer.counted(Array(region.utf8))
        writer.raw(group.bytes)
        writer.number(stream.number)
        return writer.bytes
    }
}
