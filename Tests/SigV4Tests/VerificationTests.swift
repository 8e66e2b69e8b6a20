import Crypto
import CryptoExtras
import FoundationEssentials
import Sealing
import Testing

@testable import SigV4

@Suite("Signing and verifying")
struct VerificationTests {
    private static let now = date("20260102T030405Z")
    private let credentials = SigningCredentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: suiteSecret,
        sessionToken: "TOKEN/+="
    )

    /// Made once with botocore 1.43 (`SigV4Auth`, `SigV4QueryAuth`) for the same inputs.
    struct Botocore: Sendable {
        var region = "us-east-1"
        var service: String
        var method = "POST"
        var path = "/"
        var query = ""
        var headers: [(String, String)] = []
        var names: String
        var body = ""
        var signature: String
    }

    @Test(arguments: [
        Botocore(
            service: "kms",
            headers: [
                ("X-Amz-Target", "TrentService.Encrypt"),
                ("Content-Type", "application/x-amz-json-1.1"),
                ("X-Amz-Security-Token", "TOKEN/+="),
            ],
            names: "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
            body: #"{"KeyId":"alias/a"}"#,
            signature: "c3411db0f6117863b3224a67aeb7f2925414f28de9c252317c47b3e2ba0b4073"
        ),
        Botocore(
            service: "iam",
            headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            names: "content-type;host;x-amz-date",
            body: "Action=ListUsers&Version=2010-05-08",
            signature: "5981945aa727208495faf2f2622082635ca045629310f265ee8fe89e249d05c3"
        ),
        Botocore(
            region: "eu-west-1",
            service: "ssmmessages",
            path: "/v1/data-channel/al%20ice@example.com-0123456789abcdef0",
            query: "role=a%20b&x=%2F&a=1&a=0&flag",
            headers: [("X-Odd", "  a   b  c ")],
            names: "host;x-amz-date;x-odd",
            body: "{}",
            signature: "897bb3bf774d8703b45fba21f1cf1b0e0c1b18c30cc2d5cb6aba3f992c172586"
        ),
    ])
    func `what botocore signs is accepted`(_ vector: Botocore) throws {
        let fixed = [("Host", "localhost:8443"), ("X-Amz-Date", "20260102T030405Z")]
        let scope = "20260102/\(vector.region)/\(vector.service)/aws4_request"
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(scope), "
            + "SignedHeaders=\(vector.names), Signature=\(vector.signature)"
        let request = SignableRequest(
            method: vector.method,
            path: vector.path,
            query: vector.query,
            headers: (vector.headers + fixed + [("Authorization", authorization)])
                .map { HeaderField($0.0, $0.1) }
        )
        let claim = try #require(try UnverifiedSignature(in: request))
        try SignatureVerifier().check(claim, service: vector.service, now: Self.now) {
            $0 == vector.region
        }
        _ = try SignatureVerifier()
            .verify(claim, of: request, body: Array(vector.body.utf8), secret: suiteSecret)
    }

    @Test func `what botocore presigns is what we presign`() throws {
        let request = SignableRequest(
            method: "GET",
            path: "/",
            query: "Action=GetCallerIdentity&Version=2011-06-15",
            headers: [HeaderField("host", "localhost:8443")]
        )
        let query = try RequestSigner(credentials: credentials, region: "us-east-1", service: "sts")
            .presignedQuery(for: request, expires: 900, at: Self.now)
        #expect(
            query.hasSuffix(
                "X-Amz-Signature=ce03a2db6cfa4fd4034d8491d63fb5db92b555304c220b76bf8cdd1e4cca3ff9"
            )
        )
    }

    private func signedRequest(
        body: String = "{}",
        extra: [HeaderField] = []
    ) throws -> SignableRequest {
        let request = SignableRequest(
            method: "POST",
            path: "/a b/ü",
            query: "x=1&y=%20",
            headers: [HeaderField("host", "h:1"), HeaderField("x-amz-target", "T.Op")] + extra
        )
        let signer = RequestSigner(credentials: credentials, region: "us-east-1", service: "kms")
        let added = try signer.signedHeaders(for: request, body: Array(body.utf8), at: Self.now)
        return request.replacing(headers: request.headers + added)
    }

    private func verify(
        _ request: SignableRequest,
        body: String = "{}",
        secret: Secret = suiteSecret
    ) throws {
        let claim = try #require(try UnverifiedSignature(in: request))
        _ = try SignatureVerifier()
            .verify(claim, of: request, body: Array(body.utf8), secret: secret)
    }

    @Test func `what we sign is accepted`() throws {
        try verify(signedRequest())
    }

    @Test func `another secret, body, header, path or query is refused`() throws {
        let request = try signedRequest()
        #expect(throws: SignatureError.doesNotMatch) {
            try verify(request, secret: Secret(utf8: "another"))
        }
        #expect(throws: SignatureError.payloadMismatch) { try verify(request, body: "{ }") }
        let target = request.headers.map {
            $0.name == "x-amz-target" ? HeaderField($0.name, "T.Other") : $0
        }
        #expect(throws: SignatureError.doesNotMatch) {
            try verify(request.replacing(headers: target))
        }
        let moved = SignableRequest(
            method: "POST",
            path: "/",
            query: request.query,
            headers: request.headers
        )
        #expect(throws: SignatureError.doesNotMatch) { try verify(moved) }
        let asked = SignableRequest(
            method: "POST",
            path: request.path,
            query: "x=2&y=%20",
            headers: request.headers
        )
        #expect(throws: SignatureError.doesNotMatch) { try verify(asked) }
    }

    @Test func `a header added after signing is no harm, unless it has a signed name`() throws {
        let request = try signedRequest()
        try verify(request.adding(HeaderField("via", "proxy")))
        #expect(throws: SignatureError.doesNotMatch) {
            try verify(request.adding(HeaderField("X-Amz-Target", "T.Other")))
        }
    }

    @Test func `every flipped bit of a signature is found`() throws {
        let request = try signedRequest()
        let claim = try #require(try UnverifiedSignature(in: request))
        let digits = Array(claim.signature)
        for index in digits.indices {
            var changed = digits
            changed[index] = digits[index] == "0" ? "1" : "0"
            let headers = request.headers.map { field in
                field.name == "authorization"
                    ? HeaderField(
                        field.name,
                        field.value.replacing(claim.signature, with: String(changed))
                    ) : field
            }
            #expect(throws: SignatureError.doesNotMatch) {
                try verify(request.replacing(headers: headers))
            }
        }
    }

    @Test func `an unsigned payload may be anything, when the signature says so`() throws {
        let request = SignableRequest(
            method: "POST",
            path: "/",
            headers: [
                HeaderField("host", "h"), HeaderField("x-amz-date", "20260102T030405Z"),
                HeaderField("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            ]
        )
        let scope = CredentialScope(day: "20260102", region: "us-east-1", service: "kms")
        let names = ["host", "x-amz-content-sha256", "x-amz-date"]
        let time = SigningTime(Self.now)
        let signature = SigningKey(secret: suiteSecret, scope: scope).signature(
            of: CanonicalRequest(
                request,
                signedHeaders: names,
                payloadHash: PayloadHash.unsigned
            ).stringToSign(at: time, scope: scope)
        )
        let complete = request.adding(
            HeaderField(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=A/\(scope), "
                    + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
            )
        )
        try verify(complete, body: "one")
        try verify(complete, body: "two")
    }

    @Test func `a presigned request is good until it expires`() throws {
        let bare = SignableRequest(
            method: "GET",
            path: "/v1/data-channel/x",
            headers: [HeaderField("host", "h")]
        )
        let query = try RequestSigner(credentials: credentials, region: "us-east-1", service: "kms")
            .presignedQuery(for: bare, expires: 60, at: Self.now)
        let request = SignableRequest(
            method: "GET",
            path: bare.path,
            query: query,
            headers: bare.headers
        )
        try verify(request, body: "")
        let claim = try #require(try UnverifiedSignature(in: request))
        #expect(claim.sessionToken == "TOKEN/+=")
        let verifier = SignatureVerifier()
        try verifier.check(claim, service: "kms", now: date("20260102T030505Z")) { _ in true }
        #expect(throws: SignatureError.self) {
            try verifier.check(claim, service: "kms", now: date("20260102T030506Z")) { _ in true }
        }
    }

    @Test func `a node's signature is RSA-PSS over the same text, and only its own key's`() throws {
        let (key, other) = (
            try _RSA.Signing.PrivateKey(keySize: .bits2048),
            try _RSA.Signing.PrivateKey(keySize: .bits2048)
        )
        let signer = RequestSigner(
            accessKeyID: "mi-0123456789abcdef0",
            region: "us-east-1",
            service: "ssm"
        ) { stringToSign, _ in try NodeKeySignature.sign(stringToSign, with: key) }
        let bare = SignableRequest(method: "POST", path: "/", headers: [HeaderField("host", "h")])
        let added = try signer.signedHeaders(for: bare, body: Array("{}".utf8), at: Self.now)
        let request = bare.replacing(headers: bare.headers + added)
        let claim = try #require(try UnverifiedSignature(in: request))
        let verifier = SignatureVerifier()
        let body = try verifier.verify(
            claim,
            of: request,
            body: Array("{}".utf8),
            publicKey: Array(key.publicKey.derRepresentation)
        )
        #expect(body == Array("{}".utf8))
        #expect(throws: SignatureError.doesNotMatch) {
            try verifier.verify(
                claim,
                of: request,
                body: body,
                publicKey: Array(other.publicKey.derRepresentation)
            )
        }
        #expect(throws: SignatureError.doesNotMatch) {
            try verifier.verify(claim, of: request, body: body, publicKey: [1, 2, 3])
        }
        #expect(throws: SignatureError.doesNotMatch) {
            try verifier.verify(claim, of: request, body: body, secret: suiteSecret)
        }
    }
}

@Suite("Signing keys that are remembered")
struct SigningKeyCacheTests {
    @Test func `a key id with another secret gets another key`() {
        let cache = SigningKeyCache()
        let scope = CredentialScope(day: "20260102", region: "us-east-1", service: "kms")
        let first = cache.key(accessKeyID: "A", secret: Secret(utf8: "one"), scope: scope)
        let second = cache.key(accessKeyID: "A", secret: Secret(utf8: "two"), scope: scope)
        #expect(first.signature(of: "x") != second.signature(of: "x"))
    }

    @Test func `the table never holds more than its limit`() {
        let cache = SigningKeyCache()
        for index in 0..<1100 {
            let scope = CredentialScope(day: "\(index)", region: "us-east-1", service: "kms")
            _ = cache.key(accessKeyID: "A", secret: suiteSecret, scope: scope)
        }
        #expect(cache.count == 1100 - 1024)
    }
}

@Suite("Trailers of chunked bodies")
struct TrailerTests {
    @Test(arguments: [
        (Checksum.crc32, "y/Q5Jg=="), (.crc32c, "4waSgw=="), (.crc64nvme, "rosUhgp5mIg="),
        (.sha1, "98O8HYCOBHMq32eZZczDTKeuNEE="),
        (.sha256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
    ])
    func `a checksum of 123456789 is its published check value`(
        _ checksum: Checksum,
        _ expected: String
    ) {
        #expect(checksum.base64(of: Array("123456789".utf8)) == expected)
    }

    private func verify(_ body: String, trailer: String = "x-amz-checksum-crc32") throws -> [UInt8]
    {
        let request = SignableRequest(
            method: "POST",
            path: "/",
            headers: [
                HeaderField("host", "h"), HeaderField("x-amz-date", "20260102T030405Z"),
                HeaderField("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
                HeaderField("x-amz-trailer", trailer),
                HeaderField("x-amz-decoded-content-length", "9"),
            ]
        )
        let scope = CredentialScope(day: "20260102", region: "us-east-1", service: "kms")
        let time = SigningTime(date("20260102T030405Z"))
        let canonical = CanonicalRequest(
            request,
            signedHeaders: ["host"],
            payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        )
        let signature = SigningKey(secret: suiteSecret, scope: scope)
            .signature(of: canonical.stringToSign(at: time, scope: scope))
        let complete = request.adding(
            HeaderField(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=A/\(scope), SignedHeaders=host, Signature=\(signature)"
            )
        )
        let claim = try #require(try UnverifiedSignature(in: complete))
        return try SignatureVerifier()
            .verify(claim, of: complete, body: Array(body.utf8), secret: suiteSecret)
    }

    @Test func `an unsigned body with the right checksum is accepted`() throws {
        let body = "4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n"
        #expect(try verify(body) == Array("123456789".utf8))
    }

    @Test(arguments: [
        "9\r\n123456780\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n",
        "8\r\n12345678\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n",
        "9\r\n123456789\r\n0\r\n\r\n",
        "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\nx-other: 1\r\n\r\n",
        "9\r\n1234567890\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n",
        "9\r\n123456789\r\n0\r\nx-other:1\r\n\r\n",
        "9;chunk-signature=00\r\n123456789\r\n0;chunk-signature=00\r\n\r\n",
        "7fffffff\r\n1\r\n", "ffffffffffffffff\r\n", "-1\r\n", "\r\n", "",
    ])
    func `a body that is not what its trailer says is refused`(_ body: String) {
        #expect(throws: SignatureError.self) { try verify(body) }
    }

    /// A checksum goes over the whole body: named 200 times it was computed 200 times.
    @Test func `a trailer that stands twice is refused, though its name is stated twice as well`()
        throws
    {
        let line = "x-amz-checksum-crc32:y/Q5Jg==\r\n"
        #expect(
            throws: SignatureError.brokenChunks("'x-amz-checksum-crc32' stands twice")
        ) {
            try verify(
                "9\r\n123456789\r\n0\r\n\(line)\(line)\r\n",
                trailer: "x-amz-checksum-crc32,x-amz-checksum-crc32"
            )
        }
    }
}
