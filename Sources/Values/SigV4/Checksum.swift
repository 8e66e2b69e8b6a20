import Crypto
import Encoding

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
            case .crc32: Self.bigEndian(CRC32.of(bytes, .ieee))
            case .crc32c: Self.bigEndian(CRC32.of(bytes, .castagnoli))
            case .crc64nvme: Self.bigEndian(CRC64.of(bytes))
            case .sha1: Array(Insecure.SHA1.hash(data: bytes))
            case .sha256: Array(SHA256.hash(data: bytes))
            }
        return Base64.text(of: raw)
    }

    private static func bigEndian(_ word: some FixedWidthInteger) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: word)
        return bytes
    }
}
