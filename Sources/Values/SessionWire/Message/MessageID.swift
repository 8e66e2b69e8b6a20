import Encoding
package import Vocabulary

/// The UUID of a message, which its acknowledgement names.
///
/// On the wire the halves are swapped: bytes 8 to 15 come first. The text is lower case with hyphens.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes 0 to 7 of the UUID.
    package let high: UInt64
    /// Bytes 8 to 15 of the UUID.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a random one (version 4).
    package init(entropy: some Entropy) {
        let raw = entropy.bytes(16)
        let high = raw.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = raw.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        self.low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    package init(parsing text: String) throws(InvalidIdentifier) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36, [8, 13, 18, 23].allSatisfy({ bytes[$0] == UInt8(ascii: "-") })
        else {
            throw InvalidIdentifier(kind: "message ID", text: text)
        }
        var digits: [UInt64] = []
        for (index, byte) in bytes.enumerated() where ![8, 13, 18, 23].contains(index) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw InvalidIdentifier(kind: "message ID", text: text)
            }
            digits.append(UInt64(digit))
        }
        high = digits.prefix(16).reduce(0) { $0 << 4 | $1 }
        low = digits.suffix(16).reduce(0) { $0 << 4 | $1 }
    }

    package var description: String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
        return Hex.uuid(bytes)
    }
}
