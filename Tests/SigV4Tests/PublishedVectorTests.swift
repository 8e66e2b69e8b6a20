import FoundationEssentials
import Sealing
import Testing

@testable import SigV4

/// AWS's signature test suite (`aws-sig-v4-test-suite`) and the examples of its documentation.
@Suite("AWS's published signatures")
struct PublishedVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "GET"
        var path = "/"
        var query = ""
        var headers: [(String, String)] = []
        var names = "host;x-amz-date"
        var body = ""
        var signature: String
        var testDescription: String { name }
    }

    static let vectors = [
        Vector(
            name: "get-vanilla",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            name: "post-vanilla",
            method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        Vector(
            name: "get-vanilla-query-order-key-case",
            query: "Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
        Vector(
            name: "get-vanilla-query-unreserved",
            query: "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                + "=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"
        ),
        Vector(
            name: "get-utf8",
            path: "/ሴ",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
        Vector(
            name: "get-space",
            path: "/example space/",
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"
        ),
        Vector(
            name: "get-relative-relative",
            path: "/example1/example2/../..",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            name: "get-slash-dot-slash",
            path: "/./",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            name: "get-slash",
            path: "//",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Vector(
            name: "get-header-key-duplicate",
            headers: [
                ("My-Header1", "value2"), ("My-Header1", "value2"), ("my-header1", "value1"),
            ],
            names: "host;my-header1;x-amz-date",
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
        ),
        Vector(
            name: "get-header-value-trim",
            headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            names: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        ),
        Vector(
            name: "post-x-www-form-urlencoded",
            method: "POST",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            names: "content-type;host;x-amz-date",
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
    ]

    @Test(arguments: vectors)
    func `a published signature is accepted`(_ vector: Vector) throws {
        let request = signed(
            suiteRequest(
                vector.method,
                vector.path,
                query: vector.query,
                headers: vector.headers
            ),
            names: vector.names,
            signature: vector.signature
        )
        let claim = try #require(try UnverifiedSignature(in: request))
        let body = try SignatureVerifier().verify(
            claim,
            of: request,
            body: Array(vector.body.utf8),
            secret: suiteSecret
        )
        #expect(body == Array(vector.body.utf8))
    }

    @Test func `the documentation's key derivation gives the documented key`() {
        let scope = CredentialScope(day: "20150830", region: "us-east-1", service: "iam")
        let key = SigningKey(secret: suiteSecret, scope: scope)
        #expect(
            key.revealedHexadecimal()
                == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
        )
    }

    /// `sigv4-streaming.html` of the Amazon S3 API reference: 65 KiB and 1 KiB of the letter a.
    @Test func `the documentation's chunked upload is accepted, chunk by chunk`() throws {
        let example = StreamingExample()
        let body = try example.verify(example.body)
        #expect(body == [UInt8](repeating: UInt8(ascii: "a"), count: 66_560))
    }

    @Test func `a chunk whose signature is another one's is refused`() {
        var chunks = StreamingExample.signatures
        chunks.swapAt(0, 1)
        let example = StreamingExample()
        #expect(throws: SignatureError.doesNotMatch) {
            try example.verify(StreamingExample.encode(chunks))
        }
    }

    @Test(arguments: [0, 1, 40, 100, 65_000, 65_630, 66_600, 66_820])
    func `a flipped bit in a chunked upload is found`(_ index: Int) {
        let example = StreamingExample()
        var body = example.body
        body[index] ^= 1
        #expect(throws: SignatureError.self) { try example.verify(body) }
    }

    @Test func `a chunked upload cut anywhere is refused`() {
        let example = StreamingExample()
        let near = Array(0..<120) + Array(65_500..<65_800) + Array(66_500..<example.body.count - 2)
        for count in near {
            #expect(throws: SignatureError.self, "cut at \(count)") {
                try example.verify(Array(example.body.prefix(count)))
            }
        }
    }
}

/// The chunked upload of the S3 documentation.
private struct StreamingExample {
    static let signatures = [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ]

    let body = encode(signatures)

    static func encode(_ signatures: [String]) -> [UInt8] {
        let a = UInt8(ascii: "a")
        return Array("10000;chunk-signature=\(signatures[0])\r\n".utf8)
            + [UInt8](repeating: a, count: 65_536)
            + Array("\r\n400;chunk-signature=\(signatures[1])\r\n".utf8)
            + [UInt8](repeating: a, count: 1024)
            + Array("\r\n0;chunk-signature=\(signatures[2])\r\n\r\n".utf8)
    }

    func verify(_ body: [UInt8]) throws -> [UInt8] {
        let names =
            "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
            + "x-amz-decoded-content-length;x-amz-storage-class"
        let headers = [
            ("Host", "s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 "
                    + "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                    + "SignedHeaders=\(names),"
                    + "Signature="
                    + "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
            ), ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            ("Content-Encoding", "aws-chunked"), ("x-amz-decoded-content-length", "66560"),
            ("Content-Length", "66824"),
        ]
        let request = SignableRequest(
            method: "PUT",
            path: "/examplebucket/chunkObject.txt",
            headers: headers.map { HeaderField($0.0, $0.1) }
        )
        let claim = try #require(try UnverifiedSignature(in: request))
        return try SignatureVerifier().verify(
            claim,
            of: request,
            body: body,
            secret: Secret(utf8: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        )
    }
}
