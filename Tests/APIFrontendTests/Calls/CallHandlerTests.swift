import AWSWire
import Crypto
import FoundationEssentials
import Sealing
import ServiceKit
import SigV4
import Simulation
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("An API call")
struct CallHandlerTests {
    private let bench: FrontendBench
    private let client: Client

    init() throws {
        bench = try FrontendBench()
        client = Client(now: bench.clock.now())
    }

    private func fault(_ answer: Answer) -> ServiceFault {
        answer.contentType == AWSXML.contentType
            ? FaultBody.parse(xml: answer.body, status: answer.status)
            : FaultBody.parse(json: answer.body, status: answer.status)
    }

    private func seen(_ answer: Answer) throws -> Seen {
        try AWSJSON.decode(Seen.self, from: answer.body)
    }

    // MARK: What is answered

    @Test func `a signed JSON call runs as its signer, in its region`() async throws {
        var client = client
        client.region = "eu-west-1"
        let answer = await bench.answer(
            try client.json("kms", "TrentService.Encrypt", #"{"Text":"hello"}"#)
        )
        #expect(answer.status == 200)
        #expect(answer.contentType == "application/x-amz-json-1.1")
        #expect(answer.requestID?.utf8.count == 36)
        let expected = Seen(
            Caller: "arn:aws:iam::111122223333:user/alice",
            Region: "eu-west-1",
            Account: "111122223333",
            Text: "hello"
        )
        #expect(try seen(answer) == expected)
    }

    @Test func `a signed form runs, and its answer is XML with the request's id`() async throws {
        let request = try client.form("iam", "Action=GetUser&Version=2010-05-08&Text=a%26b")
        let answer = await bench.answer(request)
        #expect(answer.status == 200)
        #expect(answer.contentType == "text/xml")
        #expect(answer.text.contains("<Text>a&amp;b</Text>"))
        #expect(answer.text.contains("<RequestId>\(answer.requestID ?? "none")</RequestId>"))
    }

    @Test func `an operation that says nothing answers an empty object, or no result`() async throws
    {
        let json = await bench.answer(try client.json("kms", "TrentService.Nothing"))
        #expect(json.text == "{}")
        let xml = await bench.answer(try client.form("iam", "Action=DeleteUser&Version=2010-05-08"))
        #expect(!xml.text.contains("DeleteUserResult"))
    }

    @Test func `a presigned GET is a call too`() async throws {
        let bare = client.bare(
            "GET",
            "/",
            query: "Action=GetCallerIdentity&Version=2011-06-15",
            headers: []
        )
        let query = try client.signer("sts").presignedQuery(for: bare, expires: 60, at: client.now)
        let head = SignableRequest(method: "GET", path: "/", query: query, headers: bare.headers)
        let answer = await bench.answer(client.incoming(head, ""))
        #expect(answer.status == 200, "\(answer.text)")
        bench.clock.advance(by: 61)
        let late = await bench.answer(client.incoming(head, ""))
        #expect(fault(late).code == "SignatureDoesNotMatch")
        #expect(fault(late).message.hasPrefix("Signature expired: "))
    }

    @Test func `an anonymous operation needs no signature`() async throws {
        let head = client.bare(headers: [("x-amz-target", "AmazonSSM.RegisterManagedInstance")])
        let answer = await bench.answer(client.incoming(head, "{}"))
        #expect(try seen(answer).Caller == "anonymous")
    }

    // MARK: Who is refused

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var keyID = aliceKeyID
        var secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        var isSigned = true
        var secondsLate = 0
        var json: String
        var query: String
    }

    @Test(arguments: [
        Refusal(
            testDescription: "no signature",
            isSigned: false,
            json: "MissingAuthenticationTokenException",
            query: "MissingAuthenticationToken"
        ),
        Refusal(
            testDescription: "another secret",
            secret: "x",
            json: "InvalidSignatureException",
            query: "SignatureDoesNotMatch"
        ),
        Refusal(
            testDescription: "an unknown key",
            keyID: "AKIDNOBODY",
            json: "UnrecognizedClientException",
            query: "InvalidClientTokenId"
        ),
        Refusal(
            testDescription: "an expired token",
            keyID: "ASIAOLD",
            json: "ExpiredTokenException",
            query: "ExpiredToken"
        ),
        Refusal(
            testDescription: "too late",
            secondsLate: 301,
            json: "InvalidSignatureException",
            query: "SignatureDoesNotMatch"
        ),
    ])
    func `a caller that proves nothing is refused in the words of its protocol, and recorded`(
        _ refusal: Refusal
    ) async throws {
        var client = Client(now: client.now.addingTimeInterval(-Double(refusal.secondsLate)))
        client.accessKeyID = refusal.keyID
        client.secret = .init(utf8: refusal.secret)
        var json = try client.json("kms", "TrentService.Encrypt")
        var form = try client.form("iam", "Action=GetUser&Version=2010-05-08")
        if !refusal.isSigned {
            json = client.incoming(
                client.bare(headers: [("x-amz-target", "TrentService.Encrypt")]),
                "{}"
            )
            form = client.incoming(client.bare(headers: []), "Action=GetUser&Version=2010-05-08")
        }
        let answer = await bench.answer(json)
        #expect(fault(answer).code == refusal.json)
        #expect(answer.errorType == refusal.json)
        #expect(answer.status == 400)
        let xml = await bench.answer(form)
        #expect(fault(xml).code == refusal.query)
        #expect(xml.status == 403)
        let records = try await bench.recorded()
        #expect(records.map(\.principal) == ["anonymous", "anonymous"])
        let told = Dictionary(uniqueKeysWithValues: records.map { ($0.eventName, $0.errorCode) })
        #expect(told == ["Encrypt": refusal.json, "GetUser": refusal.query])
    }

    @Test func `a changed body is refused`() async throws {
        let request = try client.json("kms", "TrentService.Encrypt", #"{"Text":"a"}"#)
        let changed = client.incoming(request.head, #"{"Text":"b"}"#)
        #expect(fault(await bench.answer(changed)).code == "InvalidSignatureException")
    }

    // MARK: Which operation

    @Test func `an operation we do not have is named in the protocol's own fault`() async throws {
        let json = fault(await bench.answer(try client.json("kms", "TrentService.Frobnicate")))
        #expect(json.code == "UnknownOperationException")
        #expect(json.message.contains("Frobnicate"))
        let form = try client.form("iam", "Action=Frobnicate&Version=2010-05-08")
        let query = fault(await bench.answer(form))
        #expect(query.code == "InvalidAction")
        #expect(query.message == "Could not find operation Frobnicate for version 2010-05-08")
        let version = fault(
            await bench.answer(try client.form("iam", "Action=GetUser&Version=2009-01-01"))
        )
        #expect(version.message == "Could not find operation GetUser for version 2009-01-01")
        let none = fault(await bench.answer(try client.form("iam", "Version=2010-05-08")))
        #expect(none.code == "MissingAction")
    }

    @Test func `a call signed for another service is told the right one`() async throws {
        let wrong = fault(await bench.answer(try client.json("logs", "TrentService.Encrypt")))
        #expect(wrong.code == "InvalidSignatureException")
        #expect(wrong.message == "Credential should be scoped to correct service: 'kms'. ")
        let unknown = fault(await bench.answer(try client.json("dynamodb", "TrentService.Encrypt")))
        #expect(unknown.message == "Credential should be scoped to correct service: 'kms'. ")
        let nobody = fault(await bench.answer(try client.json("s3", "Nobody.Does")))
        #expect(nobody.code == "UnknownOperationException")
        #expect(nobody.status == 404)
    }

    @Test func `only the regions served are answered for`() async throws {
        var bench = bench
        bench.regions = .only([try Region(parsing: "eu-west-1")])
        let wrong = fault(await bench.answer(try client.json("kms", "TrentService.Encrypt")))
        #expect(wrong.message == "Credential should be scoped to a valid region, not 'us-east-1'. ")
        var client = client
        client.region = "eu-west-1"
        let right = await bench.answer(try client.json("kms", "TrentService.Encrypt"))
        #expect(right.status == 200)
        client.region = "Not a region"
        let odd = await bench.answer(try client.json("kms", "TrentService.Encrypt"))
        #expect(odd.status == 400)
    }

    @Test func `IAM is signed for the partition's one region, wherever the server is`() async throws
    {
        let region = try Region(parsing: "eu-west-1")
        var bench = bench
        bench.regions = .only([region])
        bench.home = region
        let answer = await bench.answer(try client.form("iam", "Action=GetUser&Version=2010-05-08"))
        #expect(answer.text.contains("<Region>eu-west-1</Region>"), "\(answer.text)")
    }

    @Test(arguments: [
        "kms.us-east-1.gateway.internal", "stream-kms.us-east-1.gateway.internal:8443",
    ])
    func `a host name says service and region`(_ host: String) async throws {
        var client = client
        client.host = host
        #expect(await bench.answer(try client.json("kms", "TrentService.Encrypt")).status == 200)
        client.region = "eu-west-1"
        let wrong = fault(await bench.answer(try client.json("kms", "TrentService.Encrypt")))
        #expect(wrong.message.hasPrefix("Credential should be scoped to a valid region"))
    }

    // MARK: How it fails

    @Test(arguments: [
        ("NotFoundException", 400, "NotFoundException", "Told to."),
        ("full", 503, "ServiceUnavailable", "no room left"),
        ("conflict", 503, "ServiceUnavailable", "temporary failure"),
        ("corrupt", 500, "InternalFailure", "unknown error"),
    ])
    func `a failure is told without what only the operator may know`(
        _ told: String,
        _ status: Int,
        _ code: String,
        _ sentence: String
    ) async throws {
        let body = "{\"Fault\":\"\(told)\"}"
        let answer = await bench.answer(try client.json("kms", "TrentService.Encrypt", body))
        #expect(answer.status == status)
        #expect(fault(answer).code == code)
        #expect(fault(answer).message.contains(sentence))
        #expect(!answer.text.contains("secret place"))
        #expect(try await bench.recorded().first?.errorCode == code)
    }

    @Test(arguments: [
        ("AccessDeniedException", "AccessDenied", 403),
        ("ValidationException", "ValidationError", 400),
        ("ThrottlingException", "Throttling", 400), ("NoSuchEntity", "NoSuchEntity", 400),
    ])
    func `query services have their own names for faults`(
        _ code: String,
        _ renamed: String,
        _ status: Int
    ) async throws {
        let body = "Action=GetUser&Version=2010-05-08&Fault=\(code)"
        let answer = await bench.answer(try client.form("iam", body))
        #expect(fault(answer).code == renamed)
        #expect(answer.status == status)
    }

    @Test func `a body that cannot be read is the protocol's fault for it`() async throws {
        let json = try client.json("kms", "TrentService.Encrypt", "{")
        #expect(fault(await bench.answer(json)).code == "SerializationException")
        let form = try client.form("iam", "Action=GetUser&Version=2010-05-08&Text=%")
        #expect(fault(await bench.answer(form)).code == "MalformedQueryString")
    }

    // MARK: What is recorded

    @Test func `every call has one record, with who, from where and what`() async throws {
        let answer = await bench.answer(
            try client.json("kms", "TrentService.Encrypt", #"{"Text":"name"}"#)
        )
        let records = try await bench.recorded()
        #expect(records.count == 1)
        let record = try #require(records.first)
        #expect(record.eventID == answer.requestID)
        #expect(record.eventSource == "kms.amazonaws.com")
        #expect(record.eventName == "Encrypt")
        #expect(record.principal == "arn:aws:iam::111122223333:user/alice")
        #expect(record.accessKeyId == aliceKeyID)
        #expect(record.sourceIPAddress == "127.0.0.1")
        #expect(record.userAgent == "test/1")
        #expect(record.errorCode == nil)
        #expect(record.requestParameters == ["text": "name"])
    }

    @Test func `a call that cannot be recorded fails`() async throws {
        bench.records.fill()
        let answer = await bench.answer(
            try client.json("kms", "TrentService.Encrypt", #"{"Text":"name"}"#)
        )
        #expect(answer.status == 503)
        #expect(!answer.text.contains("alice"))
    }

    @Test func `a name that a caller makes up is cut in the record and counted as unknown`()
        async throws
    {
        let name = String(repeating: "X", count: 5000)
        _ = await bench.answer(try client.json("kms", "TrentService.\(name)"))
        #expect(try await bench.recorded().first?.eventName.count == Limits.recordedNameLength)
        #expect(!bench.metrics.text().contains("XXX"))
        #expect(
            bench.metrics.text().contains(
                #"sekisho_requests_total{service="kms",operation="unknown",status="400"} 1"#
            )
        )
    }

    @Test func `calls are counted by service, operation and status`() async throws {
        for _ in 0..<3 { _ = await bench.answer(try client.json("kms", "TrentService.Encrypt")) }
        let text = bench.metrics.text()
        #expect(
            text.contains(
                #"sekisho_requests_total{service="kms",operation="Encrypt",status="200"} 3"#
            )
        )
        #expect(
            text.contains(
                #"sekisho_request_seconds_bucket{service="kms",operation="Encrypt",le="+Inf"} 3"#
            )
        )
        #expect(!text.contains(aliceKeyID))
    }
}
