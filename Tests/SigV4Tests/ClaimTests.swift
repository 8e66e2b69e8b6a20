import FoundationEssentials
import SigV4
import Testing
import Vocabulary

@Suite("What a request claims about its signature")
struct ClaimTests {
    private static let valid =
        "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/service/aws4_request, "
        + "SignedHeaders=host;x-amz-date, Signature=ab+/c=="

    private func claim(_ authorization: String) throws -> UnverifiedSignature? {
        try UnverifiedSignature(
            in: suiteRequest().adding(HeaderField("authorization", authorization))
        )
    }

    @Test func `a request without a signature makes no claim`() throws {
        #expect(try UnverifiedSignature(in: suiteRequest()) == nil)
    }

    @Test func `the header is read, and a base64 signature keeps its equal signs`() throws {
        let claim = try #require(try claim(Self.valid))
        #expect(claim.accessKeyID == "AKID")
        #expect(claim.scope.description == "20150830/us-east-1/service/aws4_request")
        #expect(claim.signedHeaders == ["host", "x-amz-date"])
        #expect(claim.signature == "ab+/c==")
        #expect(claim.expires == nil)
    }

    @Test func `commas without spaces separate as well`() throws {
        let text = Self.valid.split(separator: ", ").joined(separator: ",")
        #expect(try claim(text) == claim(Self.valid))
    }

    @Test(arguments: [
        ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=a", "requires 'Credential' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, Signature=a", "'SignedHeaders'"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host", "requires 'Signature'"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h, Signature=s", "5 slash-delimited"),
        ("AWS4-HMAC-SHA256 Credential", "missing equal-sign"),
        ("AWS4-HMAC-SHA512 Credential=a/b/c/d/e, SignedHeaders=h, Signature=s", "'algorithm'"),
        ("AWS4-HMAC-SHA256 Signature=s, Signature=s", "twice"),
        ("Bearer abc", "missing equal-sign"),
        ("", "Unsupported AWS 'algorithm'"),
    ])
    func `a broken header is an incomplete signature`(_ header: String, _ sentence: String) {
        let error = #expect(throws: SignatureError.self) { try claim(header) }
        #expect(error?.fault.code == "IncompleteSignatureException")
        #expect(error?.fault.message.contains(sentence) == true, "\(error?.fault.message ?? "")")
    }

    @Test func `a broken header is told without showing it`() {
        let error = #expect(throws: SignatureError.self) { try claim("AWS4-HMAC-SHA256 hunter2") }
        #expect(error?.fault.message.contains("hunter2") == false)
    }

    @Test func `a header without a date is incomplete`() {
        let request = suiteRequest().replacing(headers: [
            HeaderField("host", "h"), HeaderField("authorization", Self.valid),
        ])
        let error = #expect(throws: SignatureError.self) { try UnverifiedSignature(in: request) }
        #expect(error?.fault.message.contains("'X-Amz-Date' or a 'Date'") == true)
    }

    @Test func `the date may stand in the Date header, as HTTP writes it`() throws {
        let request = suiteRequest().replacing(headers: [
            HeaderField("host", "h"), HeaderField("authorization", Self.valid),
            HeaderField("date", "Sun, 30 Aug 2015 12:36:00 GMT"),
        ])
        let claim = try #require(try UnverifiedSignature(in: request))
        #expect(claim.time.description == "20150830T123600Z")
    }

    @Test(arguments: ["0", "-1", "604801", "ten", "99999999999999999999"])
    func `a presigned request is good for one second to seven days`(_ expires: String) {
        let query =
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20150830%2Fr%2Fs%2Faws4_request"
            + "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
            + "&X-Amz-Expires=\(expires)"
        #expect(throws: SignatureError.lifetimeOutOfRange) {
            try UnverifiedSignature(in: suiteRequest(query: query))
        }
    }

    @Test func `a header cut at any byte never stops the process`() {
        for count in 0...Self.valid.utf8.count {
            _ = try? claim(String(decoding: Self.valid.utf8.prefix(count), as: UTF8.self))
        }
    }
}

@Suite("A signature's time and place")
struct ScopeTests {
    private func check(
        at now: String,
        authorization: String? = nil,
        service: String = "service",
        region: String = "us-east-1"
    ) throws {
        let text =
            authorization
            ?? "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/service/aws4_request, "
            + "SignedHeaders=host, Signature=00"
        let request = suiteRequest().adding(HeaderField("authorization", text))
        let claim = try #require(try UnverifiedSignature(in: request))
        try SignatureVerifier().check(claim, service: service, now: date(now)) { $0 == region }
    }

    @Test(arguments: ["20150830T123100Z", "20150830T123600Z", "20150830T124100Z"])
    func `a clock may be off by five minutes`(_ now: String) throws {
        try check(at: now)
    }

    @Test func `one second more is expired, in AWS's sentence`() {
        let error = #expect(throws: SignatureError.self) { try check(at: "20150830T124101Z") }
        #expect(error?.fault.code == "InvalidSignatureException")
        #expect(
            error?.fault.message
                == "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
                + "(20150830T124101Z - 5 min.)"
        )
    }

    @Test func `one second less is not yet current, in AWS's sentence`() {
        let error = #expect(throws: SignatureError.self) { try check(at: "20150830T123059Z") }
        #expect(
            error?.fault.message
                == "Signature not yet current: 20150830T123600Z is still later than "
                + "20150830T123559Z (20150830T123059Z + 5 min.)"
        )
    }

    @Test func `a scope of another region, service, day or terminator is refused`() {
        let now = "20150830T123600Z"
        #expect(throws: SignatureError.wrongRegion("us-east-1")) {
            try check(at: now, region: "eu-west-1")
        }
        #expect(throws: SignatureError.wrongService(expected: "kms")) {
            try check(at: now, service: "kms")
        }
        func header(_ scope: String, _ names: String = "host") -> String {
            "AWS4-HMAC-SHA256 Credential=A/\(scope), SignedHeaders=\(names), Signature=00"
        }
        let day = header("20150829/us-east-1/service/aws4_request")
        #expect(throws: SignatureError.self) { try check(at: now, authorization: day) }
        let terminator = header("20150830/us-east-1/service/aws4_reply")
        #expect(throws: SignatureError.wrongTerminator("aws4_reply")) {
            try check(at: now, authorization: terminator)
        }
        let unsignedHost = header("20150830/us-east-1/service/aws4_request", "x-amz-date")
        #expect(throws: SignatureError.hostNotSigned) {
            try check(at: now, authorization: unsignedHost)
        }
    }
}

@Suite("Signing time")
struct SigningTimeTests {
    @Test(arguments: [
        ("19700101T000000Z", 0), ("20000229T235959Z", 951_868_799),
        ("20260102T030405Z", 1_767_323_045),
        ("00010101T000000Z", -62_135_596_800), ("99991231T235959Z", 253_402_300_799),
    ])
    func `text and seconds agree both ways`(_ text: String, _ seconds: Int) {
        #expect(SigningTime(parsing: text)?.seconds == seconds)
        #expect(SigningTime(Date(timeIntervalSince1970: Double(seconds))).description == text)
    }

    @Test(arguments: [
        "", "20260102T030405", "20260102 030405Z", "20260229T000000Z", "20261301T000000Z",
        "20260100T000000Z", "20260102T240000Z", "2026-01-02T03:04", "20260102T0304 5Z",
    ])
    func `what is no time is none`(_ text: String) {
        #expect(SigningTime(parsing: text) == nil)
    }

    @Test func `dates beyond the calendar do not stop the process`() {
        #expect(SigningTime(.distantFuture).description.hasSuffix("Z"))
        #expect(SigningTime(Date(timeIntervalSince1970: -1e18)).description == "00010101T000000Z")
        #expect(SigningTime(Date(timeIntervalSince1970: 1e18)).description == "99991231T235959Z")
    }
}
