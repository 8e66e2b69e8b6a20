import Encoding
import Vocabulary

/// What a request claims about its signature; nothing in it is known to be true.
package struct UnverifiedSignature: Equatable, Sendable {
    package let accessKeyID: String
    package let sessionToken: String?
    package let scope: CredentialScope
    package let time: SigningTime
    /// Seconds for which a presigned request is good; nil for a signature in the header.
    package let expires: Int?
    /// Lower-case names in the order of the signature.
    package let signedHeaders: [String]
    /// Hexadecimal digits for an access key, base64 for a node's key pair.
    package let signature: String
    /// What stands for the body: a hash, a word of AWS's, or nil for the hash of what came.
    package let payload: String?

    /// Reads the `Authorization` header or the query; nil for a request that is not signed.
    package init?(in request: SignableRequest) throws(SignatureError) {
        if let authorization = request.header("authorization") {
            try self.init(authorization: authorization, in: request)
        } else if request.query.contains("X-Amz-Algorithm=")
            || request.query.contains("X-Amz-Signature=")
        {
            try self.init(queryOf: request)
        } else {
            return nil
        }
    }

    private init(
        authorization: String,
        in request: SignableRequest
    ) throws(SignatureError) {
        let parameters = try Self.parameters(of: authorization)
        let (timeText, time) = Self.time(of: request)
        var missing: [String] = []
        for name in ["Credential", "Signature", "SignedHeaders"] where parameters[name] == nil {
            missing.append("Authorization header requires '\(name)' parameter.")
        }
        if timeText == nil {
            missing.append(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                    + "header."
            )
        } else if time == nil {
            missing.append("Date must be in ISO-8601 'basic format'. Got '\(timeText ?? "")'.")
        }
        guard missing.isEmpty, let time, let credential = parameters["Credential"],
            let signature = parameters["Signature"], let names = parameters["SignedHeaders"]
        else {
            throw .incomplete(missing, authorization: authorization)
        }
        (accessKeyID, scope) = try Self.credential(credential, authorization: authorization)
        sessionToken = request.header("x-amz-security-token")
        self.time = time
        expires = nil
        signedHeaders = try Self.names(names)
        self.signature = signature
        payload = request.header("x-amz-content-sha256")
    }

    private init(queryOf request: SignableRequest) throws(SignatureError) {
        var parameters: [String: String] = [:]
        for pair in request.query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, halves[0].hasPrefix("X-Amz-") else { continue }
            let value = String(
                decoding: Percent.lenientBytes(of: halves[1].utf8, plus: .space),
                as: UTF8.self
            )
            guard parameters.updateValue(value, forKey: String(halves[0])) == nil else {
                throw .incomplete(
                    ["AWS query-string parameter '\(halves[0])' must not be repeated."],
                    authorization: nil
                )
            }
        }
        let required = [
            "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders",
            "X-Amz-Date",
        ]
        let missing = required.filter { parameters[$0] == nil }
        guard missing.isEmpty, let credential = parameters["X-Amz-Credential"],
            let signature = parameters["X-Amz-Signature"],
            let names = parameters["X-Amz-SignedHeaders"], let date = parameters["X-Amz-Date"]
        else {
            throw .incomplete(
                missing.map { "AWS query-string parameters must include '\($0)'." },
                authorization: nil
            )
        }
        guard parameters["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256" else {
            throw .unsupported("algorithm: '\(parameters["X-Amz-Algorithm"] ?? "")'")
        }
        guard let time = SigningTime(parsing: date) else {
            throw .incomplete(
                ["Date must be in ISO-8601 'basic format'. Got '\(date)'."],
                authorization: nil
            )
        }
        (accessKeyID, scope) = try Self.credential(credential, authorization: nil)
        sessionToken =
            parameters["X-Amz-Security-Token"] ?? request.header("x-amz-security-token")
        self.time = time
        expires = try parameters["X-Amz-Expires"].map(Self.lifetime)
        signedHeaders = try Self.names(names)
        self.signature = signature
        payload =
            parameters["X-Amz-Content-Sha256"] ?? request.header("x-amz-content-sha256")
    }

    /// The names and values after the algorithm; values are cut at the first `=`, since base64 has more.
    private static func parameters(
        of authorization: String
    ) throws(SignatureError) -> [String: String] {
        guard authorization.utf8.count <= Limits.authorizationHeaderLength else {
            throw .incomplete(["Authorization header is too long."], authorization: nil)
        }
        // Bytes throughout: this is read of every request, and characters cost ten times as much.
        let bytes = authorization.utf8
        let algorithm = bytes.prefix { $0 != UInt8(ascii: " ") }
        var parameters: [String: String] = [:]
        for part in bytes[algorithm.endIndex...].split(separator: UInt8(ascii: ",")) {
            let trimmed = part.trimmingSpaces
            guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else {
                throw .notKeyValuePairs(
                    part: String(Substring(trimmed)),
                    authorization: authorization
                )
            }
            let name = String(Substring(trimmed[..<equals]))
            let value = String(Substring(trimmed[trimmed.index(after: equals)...]))
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw .incomplete(
                    ["Authorization header has the '\(name)' parameter twice."],
                    authorization: authorization
                )
            }
        }
        guard algorithm.elementsEqual("AWS4-HMAC-SHA256".utf8) else {
            throw .incomplete(["Unsupported AWS 'algorithm'."], authorization: authorization)
        }
        return parameters.compactMapValues { $0.isEmpty ? nil : $0 }
    }

    private static func credential(
        _ text: String,
        authorization: String?
    ) throws(SignatureError) -> (String, CredentialScope) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        guard parts.count == 5, !parts[0].isEmpty else {
            throw .incomplete(
                [
                    "Credential must have exactly 5 slash-delimited elements, e.g. "
                        + "keyid/date/region/service/term."
                ],
                authorization: authorization
            )
        }
        let scope = CredentialScope(
            day: String(parts[1]),
            region: String(parts[2]),
            service: String(parts[3]),
            terminator: String(parts[4])
        )
        return (String(parts[0]), scope)
    }

    private static func names(_ text: String) throws(SignatureError) -> [String] {
        let names = text.utf8.split(separator: UInt8(ascii: ";")).map { Substring($0).lowercased() }
        guard names.count <= Limits.signedHeaderCount else {
            throw .incomplete(["Too many 'SignedHeaders'."], authorization: nil)
        }
        return names
    }

    private static func lifetime(_ text: String) throws(SignatureError) -> Int {
        guard let seconds = Int(text), (1...Limits.presignedLifetime).contains(seconds) else {
            throw .lifetimeOutOfRange
        }
        return seconds
    }

    private static func time(of request: SignableRequest) -> (text: String?, time: SigningTime?) {
        if let text = request.header("x-amz-date") { return (text, SigningTime(parsing: text)) }
        guard let text = request.header("date") else { return (nil, nil) }
        return (text, SigningTime(parsing: text) ?? SigningTime(parsingHTTPDate: text))
    }
}

extension Substring.UTF8View {
    var trimmingSpaces: Substring.UTF8View {
        guard let first = firstIndex(where: { $0 != UInt8(ascii: " ") }),
            let last = lastIndex(where: { $0 != UInt8(ascii: " ") })
        else { return self[endIndex...] }
        return self[first...last]
    }
}

extension Substring {
    var trimmingSpaces: Substring { Substring(utf8.trimmingSpaces) }
}
