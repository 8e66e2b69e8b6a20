import Crypto
import Encoding

/// A request in the one form that both sides hash.
///
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 1.
package struct CanonicalRequest: Equatable, Sendable {
    /// The canonical request as text.
    package let text: String

    /// Makes it; `signedHeaders` are lower-case names in order.
    ///
    /// A name that the request does not have counts as an empty header, so that the signature fails.
    package init(_ request: SignableRequest, signedHeaders: [String], payloadHash: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: request.method.utf8)
        bytes.append(newline)
        Self.appendPath(request.path, to: &bytes)
        bytes.append(newline)
        Self.appendQuery(request.query, to: &bytes)
        bytes.append(newline)
        for name in signedHeaders {
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: ":"))
            var isFirst = true
            for field in request.headers where field.name.isEqualIgnoringCase(toLowercase: name) {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                Self.appendValue(field.value, to: &bytes)
                isFirst = false
            }
            bytes.append(newline)
        }
        bytes.append(newline)
        for (index, name) in signedHeaders.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ";")) }
            bytes.append(contentsOf: name.utf8)
        }
        bytes.append(newline)
        bytes.append(contentsOf: payloadHash.utf8)
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// The text that is signed: algorithm, time, scope and the hash of the canonical request.
    package func stringToSign(at time: SigningTime, scope: CredentialScope) -> String {
        let hash = Hex.text(of: SHA256.hash(data: Array(text.utf8)))
        return "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(hash)"
    }

    /// The names to sign, in order: all but those that proxies and HTTP libraries change on the way.
    static func signableNames(of headers: [HeaderField]) -> [String] {
        let skipped: Set<String> = [
            "authorization", "connection", "expect", "transfer-encoding", "user-agent", "upgrade",
            "x-amzn-trace-id",
        ]
        let names = Set(headers.map { $0.name.lowercased() }).subtracting(skipped)
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The path without dot segments and empty ones, encoded once more than it is in the request.
    private static func appendPath(_ path: String, to bytes: inout [UInt8]) {
        guard path != "/", !path.isEmpty else {
            bytes.append(UInt8(ascii: "/"))
            return
        }
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        for segment in segments {
            bytes.append(UInt8(ascii: "/"))
            bytes += Percent.encode(segment.utf8)
        }
        let endsInSlash = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        if segments.isEmpty || endsInSlash { bytes.append(UInt8(ascii: "/")) }
    }

    /// The parameters in the order of their encoded names and values, without the signature itself.
    private static func appendQuery(_ query: String, to bytes: inout [UInt8]) {
        guard !query.isEmpty else { return }
        var parameters: [(name: [UInt8], value: [UInt8])] = []
        for part in query.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = encodedAgain(halves[0])
            if name.elementsEqual("X-Amz-Signature".utf8) { continue }
            parameters.append((name, halves.count > 1 ? encodedAgain(halves[1]) : []))
        }
        parameters.sort {
            $0.name == $1.name
                ? $0.value.lexicographicallyPrecedes($1.value)
                : $0.name.lexicographicallyPrecedes($1.name)
        }
        for (index, parameter) in parameters.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes.append(contentsOf: parameter.name)
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: parameter.value)
        }
    }

    private static func encodedAgain(_ text: Substring) -> [UInt8] {
        Percent.encode(Percent.lenientBytes(of: text.utf8, plus: .space))
    }

    /// The value without spaces around it, and with one space for each run of them.
    private static func appendValue(_ value: String, to bytes: inout [UInt8]) {
        var pendingSpace = false
        var hasBegun = false
        for byte in value.utf8 {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                pendingSpace = hasBegun
                continue
            }
            if pendingSpace { bytes.append(UInt8(ascii: " ")) }
            pendingSpace = false
            hasBegun = true
            bytes.append(byte)
        }
    }
}

private let newline = UInt8(ascii: "\n")
