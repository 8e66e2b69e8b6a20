import Encoding

/// Writes numbers big-endian and texts with their length, so that no two values give the same bytes.
struct BinaryWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 0) {
        bytes.reserveCapacity(count)
    }

    mutating func number(_ value: some FixedWidthInteger) {
        bytes.append(bigEndian: value)
    }

    mutating func raw(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// The length as four bytes, then the bytes.
    mutating func counted(_ value: some Collection<UInt8>) {
        number(UInt32(value.count))
        bytes.append(contentsOf: value)
    }
}

/// Reads what `BinaryWriter` wrote; nil means that the bytes end too soon.
struct BinaryReader {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    var consumed: Int { index - bytes.startIndex }
    var isAtEnd: Bool { index == bytes.endIndex }
    var rest: ArraySlice<UInt8> { bytes[index...] }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        guard let slice = raw(MemoryLayout<Number>.size) else { return nil }
        return slice.reduce(Number(0)) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
    }

    mutating func raw(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, bytes.endIndex - index >= count else { return nil }
        defer { index += count }
        return bytes[index..<index + count]
    }

    mutating func counted() -> ArraySlice<UInt8>? {
        guard let count = number(UInt32.self) else { return nil }
        return raw(Int(count))
    }

    mutating func text() -> String? {
        counted().map { String(decoding: $0, as: UTF8.self) }
    }
}
