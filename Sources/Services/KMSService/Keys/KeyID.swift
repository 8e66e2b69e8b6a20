import Encoding
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
        description = Hex.uuid(Array(bytes))
    }

    /// The sixteen bytes of the UUID.
    var bytes: [UInt8] { (try? Hex.bytes(of: description.filter { $0 != "-" })) ?? [] }

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
        description = Hex.text(of: bytes)
    }

    var bytes: [UInt8] { (try? Hex.bytes(of: description)) ?? [] }

    init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
