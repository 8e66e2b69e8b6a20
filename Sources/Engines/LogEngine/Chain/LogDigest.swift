import Crypto
import Encoding

/// A SHA-256 value: a leaf, a root, the hash of a head or tombstone.
package struct LogDigest: Hashable, Sendable, CustomStringConvertible {
    package static let length = 32
    /// What a stream's first batch links to.
    package static let none = LogDigest(bytes: [UInt8](repeating: 0, count: length))

    package let bytes: [UInt8]

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Takes 32 bytes, or nil if there are fewer or more.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = Array(bytes)
    }

    /// Takes 64 hexadecimal digits, or nil if they are none.
    package init?(hex text: String) {
        guard let bytes = try? Hex.bytes(of: text, in: .lowercase) else { return nil }
        self.init(bytes)
    }

    /// The hash of these bytes.
    package init(of data: [UInt8]) {
        bytes = Array(SHA256.hash(data: data))
    }

    package var description: String { Hex.text(of: bytes) }
}

/// The first byte of everything that is hashed, so that one kind never passes for another.
enum HashDomain: UInt8 {
    case leaf = 0
    case node = 1
    case link = 2
    case head = 3
    case tombstone = 4
}
