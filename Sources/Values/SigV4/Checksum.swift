import Crypto
import FoundationEssentials

/// The checksums that a chunked body may carry in its trailer.
enum Checksum: String {
    case crc32 = "x-amz-checksum-crc32"
    case crc32c = "x-amz-checksum-crc32c"
    case crc64nvme = "x-amz-checksum-crc64nvme"
    case sha1 = "x-amz-checksum-sha1"
    case sha256 = "x-amz-checksum-sha256"

    init?(headerName: String) {
        self.init(rawValue: headerName)
    }

    /// The checksum as its header holds it: big-endian bytes as base64.
    func base64(of bytes: [UInt8]) -> String {
        let raw: [UInt8] =
            switch self {
            case .crc32: Self.bigEndian(Self.crc(bytes, polynomial: UInt32(0xEDB8_8320)))
            case .crc32c: Self.bigEndian(Self.crc(bytes, polynomial: UInt32(0x82F6_3B78)))
            case .crc64nvme:
                Self.bigEndian(Self.crc(bytes, polynomial: UInt64(0x9A6C_9329_AC4B_C9B5)))
            case .sha1: Array(Insecure.SHA1.hash(data: bytes))
            case .sha256: Array(SHA256.hash(data: bytes))
            }
        return Data(raw).base64EncodedString()
    }

    /// A reflected cyclic redundancy check that starts and ends with all bits turned.
    private static func crc<Word: FixedWidthInteger & UnsignedInteger>(
        _ bytes: [UInt8],
        polynomial: Word
    ) -> Word {
        let table = (0..<256).map { index -> Word in
            (0..<8).reduce(Word(index)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1
            }
        }
        let result = bytes.reduce(Word.max) { value, byte in
            table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8
        }
        return ~result
    }

    private static func bigEndian(_ word: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
}
