import Crypto
import Encoding
package import FoundationEssentials
package import Sealing

/// An access key, with the token that goes with it if it is a temporary one.
package struct SigningCredentials: Sendable {
    package let accessKeyID: String
    package let secretAccessKey: Secret
    package let sessionToken: String?

    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// Signs requests to one service in one region.
package struct RequestSigner: Sendable {
    /// How a string to sign becomes a signature.
    package typealias Signature =
        @Sendable (
            _ stringToSign: String, _ scope: CredentialScope
        ) throws -> String

    private let accessKeyID: String
    private let sessionToken: String?
    private let region: String
    private let service: String
    private let signature: Signature

    /// Signs with an access key; keys of the day are taken from `keys`.
    package init(
        credentials: SigningCredentials,
        region: String,
        service: String,
        keys: SigningKeyCache = SigningKeyCache()
    ) {
        let (accessKeyID, secret) = (credentials.accessKeyID, credentials.secretAccessKey)
        self.init(
            accessKeyID: accessKeyID,
            sessionToken: credentials.sessionToken,
            region: region,
            service: service
        ) { stringToSign, scope in
            keys.key(accessKeyID: accessKeyID, secret: secret, scope: scope)
                .signature(of: stringToSign)
        }
    }

    /// Signs in another way: a node's key pair does it with `NodeKeySignature.sign`.
    package init(
        accessKeyID: String,
        sessionToken: String? = nil,
        region: String,
        service: String,
        signature: @escaping Signature
    ) {
        self.accessKeyID = accessKeyID
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
        self.signature = signature
    }

    /// The headers to add to the request: date, token, body hash and `Authorization`.
    ///
    /// All headers of the request are signed but the ones that proxies change; `host` must be among them.
    package func signedHeaders(
        for request: SignableRequest,
        body: [UInt8],
        at now: Date
    ) throws -> [HeaderField] {
        let time = SigningTime(now)
        let payloadHash = Hex.text(of: SHA256.hash(data: body))
        var added = [
            HeaderField("x-amz-date", time.description),
            HeaderField("x-amz-content-sha256", payloadHash),
        ]
        if let sessionToken { added.append(HeaderField("x-amz-security-token", sessionToken)) }
        let complete = SignableRequest(
            method: request.method,
            path: request.path,
            query: request.query,
            headers: request.headers + added
        )
        let names = CanonicalRequest.signableNames(of: complete.headers)
        let scope = CredentialScope(day: time.day, region: region, service: service)
        let canonical = CanonicalRequest(
            complete,
            signedHeaders: names,
            payloadHash: payloadHash
        )
        let signature = try signature(canonical.stringToSign(at: time, scope: scope), scope)
        added.append(
            HeaderField(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), "
                    + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
            )
        )
        return added
    }

    /// The whole query of a presigned request, good for `expires` seconds.
    ///
    /// Only `host` is signed, so that a browser or a websocket client can send it as it is.
    package func presignedQuery(
        for request: SignableRequest,
        expires: Int,
        payloadHash: String = PayloadHash.empty,
        at now: Date
    ) throws -> String {
        let time = SigningTime(now)
        let scope = CredentialScope(day: time.day, region: region, service: service)
        var parameters = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(accessKeyID)/\(scope)"),
            ("X-Amz-Date", time.description),
            ("X-Amz-Expires", String(expires)),
            ("X-Amz-SignedHeaders", "host"),
        ]
        if let sessionToken { parameters.append(("X-Amz-Security-Token", sessionToken)) }
        let added = parameters.map { "\($0)=\(Percent.encode($1))" }.joined(separator: "&")
        let query = request.query.isEmpty ? added : "\(request.query)&\(added)"
        let complete = SignableRequest(
            method: request.method,
            path: request.path,
            query: query,
            headers: request.headers
        )
        let canonical = CanonicalRequest(
            complete,
            signedHeaders: ["host"],
            payloadHash: payloadHash
        )
        let signature = try signature(canonical.stringToSign(at: time, scope: scope), scope)
        return "\(query)&X-Amz-Signature=\(Percent.encode(signature))"
    }
}

/// What stands for the body in a canonical request.
package enum PayloadHash {
    /// The hash of no bytes at all.
    package static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    /// The body is not covered by the signature.
    package static let unsigned = "UNSIGNED-PAYLOAD"

    /// The SHA-256 of the body, as lower-case hexadecimal digits.
    package static func of(_ body: [UInt8]) -> String { Hex.text(of: SHA256.hash(data: body)) }
}
