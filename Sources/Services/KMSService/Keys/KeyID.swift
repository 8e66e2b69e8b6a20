import Vocabulary

/// The id of a KMS key: a UUID in lower case.
struct KeyID: Hashable, Sendable, Codable, CustomStringConvertible {
    static let byteCount = 16

    let description: String

    init(entropy: some Entropy) {
        description = entropy.uuid()
    }

    init(parsing text: some StringProtocol) throws(InvalidIdentifier) {
        let isWellFormed =
            text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch index {
                case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                default: (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                }
            }
        guard isWellFormed else { throw InvalidIdentifier(kind: "key ID", text: String(text)) }
        description = String(text)
    }

    /// Reads the sixteen bytes of a ciphertext's header.
    init(bytes: some Collection<UInt8>) {
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(contentsOf: hexDigits(of: byte))
        }
        description = String(decoding: text, as: UTF8.self)
    }

    /// The sixteen bytes of the UUID.
    var bytes: [UInt8] { bytesOfHex(description.utf8.filter { $0 != UInt8(ascii: "-") }) }

    init(from decoder: any Decoder) throws {
        try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The id of one piece of key material: 64 hexadecimal digits, as AWS's `KeyMaterialId`.
struct MaterialID: Hashable, Sendable, Codable, CustomStringConvertible {
    static let byteCount = 32

    let description: String

    init(entropy: some Entropy) {
        description = entropy.hexDigits(2 * Self.byteCount)
    }

    init(bytes: some Collection<UInt8>) {
        description = String(decoding: bytes.flatMap(hexDigits(of:)), as: UTF8.self)
    }

    var bytes: [UInt8] { bytesOfHex(Array(description.utf8)) }

    init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

private func hexDigits(of byte: UInt8) -> [UInt8] {
    [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x61 + $0 - 10 }
}

private func bytesOfHex(_ digits: [UInt8]) -> [UInt8] {
    let values = digits.map { $0 < 0x3A ? $0 &- 0x30 : $0 &- 0x61 &+ 10 }
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}
