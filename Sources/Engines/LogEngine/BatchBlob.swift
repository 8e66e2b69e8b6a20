/// Batches of one group put together as an immutable blob: `SKLB`, a version, then each with its length.
///
/// Readers know where each batch lies and read that range; the lengths are for tools that have the blob only.
package struct BatchBlob: Sendable {
    package let bytes: [UInt8]
    /// Where each batch lies, in the order given.
    package let ranges: [Range<Int>]

    private static let magic = Array("SKLB".utf8) + [1]

    package init(_ batches: [[UInt8]]) {
        var writer = BinaryWriter(
            reserving: Self.magic.count + batches.reduce(0) { $0 + $1.count + 4 }
        )
        var ranges: [Range<Int>] = []
        writer.raw(Self.magic)
        for batch in batches {
            writer.counted(batch)
            ranges.append(writer.bytes.count - batch.count..<writer.bytes.count)
        }
        bytes = writer.bytes
        self.ranges = ranges
    }

    /// The batches in a blob, or nil if it is none.
    package static func batches(in bytes: [UInt8]) -> [[UInt8]]? {
        guard bytes.starts(with: magic) else { return nil }
        var reader = BinaryReader(bytes[magic.count...])
        var batches: [[UInt8]] = []
        while !reader.isAtEnd {
            guard let batch = reader.counted() else { return nil }
            batches.append(Array(batch))
        }
        return batches
    }
}
