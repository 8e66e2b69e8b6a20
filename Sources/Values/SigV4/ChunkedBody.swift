import Crypto
import Encoding
import FoundationEssentials

/// A body in AWS's own chunks: each with its length, most with a signature that continues the one before.
///
/// See https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and `…-trailers.html`.
struct ChunkedBody {
    /// What the signature says of the body.
    enum Form: String {
        case signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        case signedWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
        case unsignedWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

        var isSigned: Bool { self != .unsignedWithTrailer }
        var hasTrailer: Bool { self != .signed }
    }

    private let form: Form
    private let key: SigningKey
    private let claim: UnverifiedSignature
    private let statedLength: String?
    private let statedTrailers: [String]

    init(form: Form, key: SigningKey, claim: UnverifiedSignature, request: SignableRequest) {
        self.form = form
        self.key = key
        self.claim = claim
        statedLength = request.header("x-amz-decoded-content-length")
        statedTrailers = (request.header("x-amz-trailer") ?? "").split(separator: ",")
            .map { $0.trimmingSpaces.lowercased() }
    }

    /// What the chunks hold, when every signature, the stated length and the trailer are right.
    func decode(_ body: [UInt8]) throws(SignatureError) -> [UInt8] {
        var reader = LineReader(body)
        var result: [UInt8] = []
        result.reserveCapacity(body.count)
        var previous = claim.signature
        while true {
            let header = try ChunkHeader(try reader.line())
            guard form.isSigned == (header.signature != nil) else {
                throw .brokenChunks("a chunk's signature is missing or unexpected")
            }
            let chunk = try reader.take(header.length)
            if let signature = header.signature {
                try check(signature, of: chunkStringToSign(chunk, after: previous))
                previous = signature
            }
            if header.length == 0 { break }
            result += chunk
            guard try reader.line().isEmpty else {
                throw .brokenChunks("a chunk is longer than it says")
            }
        }
        try readTrailer(&reader, after: previous, of: result)
        if let statedLength, Int(statedLength) != result.count {
            throw .brokenChunks("its length is not the 'x-amz-decoded-content-length'")
        }
        return result
    }

    /// The headers after the last chunk, their signature, and the checksums they hold.
    private func readTrailer(
        _ reader: inout LineReader,
        after previous: String,
        of body: [UInt8]
    ) throws(SignatureError) {
        var lines: [(name: String, value: String)] = []
        var signature: String?
        while !reader.isAtEnd {
            let line = String(decoding: try reader.line(), as: UTF8.self)
            if line.isEmpty { continue }
            guard let colon = line.firstIndex(of: ":") else {
                throw .brokenChunks("a trailer is no header")
            }
            let name = line[..<colon].lowercased()
            let value = String(line[line.index(after: colon)...][...].trimmingSpaces)
            // Each name is computed over the whole body, so that a repeated one would be paid for again and again.
            if name == "x-amz-trailer-signature" {
                guard signature == nil else { throw .brokenChunks("'\(name)' stands twice") }
                signature = value
            } else {
                guard statedTrailers.contains(name) else {
                    throw .brokenChunks("a trailer is none of those of 'x-amz-trailer'")
                }
                guard !lines.contains(where: { $0.name == name }) else {
                    throw .brokenChunks("'\(name)' stands twice")
                }
                lines.append((name, value))
            }
        }
        guard form.hasTrailer else {
            guard lines.isEmpty, signature == nil else {
                throw .brokenChunks("there is text after the last chunk")
            }
            return
        }
        guard lines.map(\.name).sorted() == statedTrailers.sorted() else {
            throw .brokenChunks("the trailers are not those of 'x-amz-trailer'")
        }
        if form.isSigned {
            let text = lines.map { "\($0.name):\($0.value)\n" }.joined()
            let stringToSign =
                "AWS4-HMAC-SHA256-TRAILER\n\(claim.time)\n\(claim.scope)\n\(previous)\n"
                + PayloadHash.of(Array(text.utf8))
            try check(signature ?? "", of: stringToSign)
        }
        for (name, value) in lines {
            guard let checksum = Checksum(headerName: name) else {
                throw .unsupported("trailer: '\(name)'")
            }
            guard checksum.base64(of: body) == value else {
                throw .brokenChunks("'\(name)' does not match")
            }
        }
    }

    private func chunkStringToSign(_ chunk: ArraySlice<UInt8>, after previous: String) -> String {
        "AWS4-HMAC-SHA256-PAYLOAD\n\(claim.time)\n\(claim.scope)\n\(previous)\n\(PayloadHash.empty)\n"
            + Hex.text(of: SHA256.hash(data: chunk))
    }

    private func check(
        _ signature: String,
        of stringToSign: String
    ) throws(SignatureError) {
        guard let raw = try? Hex.bytes(of: signature), key.isValid(raw, of: stringToSign) else {
            throw .doesNotMatch
        }
    }
}

/// The line before a chunk: `400;chunk-signature=…`.
private struct ChunkHeader {
    let length: Int
    let signature: String?

    init(_ line: ArraySlice<UInt8>) throws(SignatureError) {
        let parts = String(decoding: line, as: UTF8.self)
            .split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let prefix = "chunk-signature="
        guard let first = parts.first, (1...8).contains(first.utf8.count),
            first.allSatisfy({ $0.isASCII && $0.isHexDigit }), let length = Int(first, radix: 16),
            parts.count == 1 || parts[1].hasPrefix(prefix)
        else { throw .brokenChunks("a chunk has no readable length") }
        self.length = length
        signature = parts.count == 1 ? nil : String(parts[1].dropFirst(prefix.count))
    }
}

/// Walks over bytes by lines and by counts.
private struct LineReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index == bytes.count }

    /// The bytes up to the next line feed, without it and the carriage return before it.
    mutating func line() throws(SignatureError) -> ArraySlice<UInt8> {
        guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw .brokenChunks("it ends too early")
        }
        let line = bytes[index..<end]
        index = end + 1
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    mutating func take(_ count: Int) throws(SignatureError) -> ArraySlice<UInt8> {
        guard bytes.count - index >= count else { throw .brokenChunks("it ends too early") }
        defer { index += count }
        return bytes[index..<(index + count)]
    }
}
