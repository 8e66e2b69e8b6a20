import AWSWire
import FoundationEssentials
import ServiceKit
import SigV4
import Simulation
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("A query service")
struct QueryAnswerTests {
    private let bench: FrontendBench
    private let client: Client

    init() throws {
        bench = try FrontendBench()
        client = Client(now: bench.clock.now())
    }

    /// A signed call that says what it accepts.
    private func call(_ body: String, accept: String?) throws -> IncomingRequest {
        var headers = [("content-type", "application/x-www-form-urlencoded")]
        if let accept { headers.append(("accept", accept)) }
        return try client.signed(client.bare(headers: headers), body, service: "iam")
    }

    @Test func `answers in JSON when asked, under the operation's name`() async throws {
        let answer = await bench.answer(
            try call("Action=GetUser&Version=2010-05-08&Text=a", accept: "application/json")
        )
        #expect(answer.status == 200)
        #expect(answer.contentType == "application/json")
        let requestID = try #require(answer.requestID)
        #expect(
            answer.text.hasPrefix(#"{"GetUserResponse":{"#)
                && answer.text.contains(#""GetUserResult":{"#)
                && answer.text.contains(#""ResponseMetadata":{"RequestId":"\#(requestID)"}"#),
            "\(answer.text)"
        )
    }

    @Test func `has no result in JSON either when there is nothing to say`() async throws {
        let answer = await bench.answer(
            try call("Action=DeleteUser&Version=2010-05-08", accept: "application/json")
        )
        let requestID = try #require(answer.requestID)
        #expect(
            answer.text
                == #"{"DeleteUserResponse":{"ResponseMetadata":{"RequestId":"\#(requestID)"}}}"#
        )
    }

    @Test func `words faults in JSON when asked`() async throws {
        let answer = await bench.answer(
            try call(
                "Action=GetUser&Version=2010-05-08&Fault=AccessDeniedException",
                accept: "application/json"
            )
        )
        #expect(answer.status == 403)
        let requestID = try #require(answer.requestID)
        #expect(answer.contentType == "application/json")
        for part in [
            #""Code":"AccessDenied""#, #""Message":"Told to.""#, #""Type":"Sender""#,
            #""RequestId":"\#(requestID)""#,
        ] {
            #expect(answer.text.contains(part), "\(part) in \(answer.text)")
        }
    }

    @Test func `answers a presigned request in JSON too`() async throws {
        let unsigned = client.incoming(
            client.bare(
                "GET",
                query: "Action=GetUser&Version=2010-05-08&X-Amz-Signature=x",
                headers: [("accept", "application/json")]
            ),
            ""
        )
        // The signature is broken, which is told in the form that was asked for as well.
        let answer = await bench.answer(unsigned)
        #expect(answer.contentType == "application/json", "\(answer.text)")
    }

    @Test(arguments: [
        (nil, "text/xml"), ("*/*", "text/xml"), ("text/xml, application/json", "text/xml"),
        ("application/json;q=0.9, text/xml", "application/json"),
        ("Application/JSON", "application/json"), ("application/jsonx", "text/xml"),
    ])
    func `goes by the first type that it has`(accept: String?, answered: String) async throws {
        let answer = await bench.answer(
            try call("Action=GetUser&Version=2010-05-08", accept: accept)
        )
        #expect(answer.contentType == answered)
    }

    @Test(arguments: ["UnrecognizedClientException", "ExpiredTokenException"])
    func `of JSON's services tells an identity's faults with 400, whatever found them`(
        code: String
    ) {
        let fault = ServiceFault(code, "x", status: 403)
        let json = FaultDialect.translate(fault, for: .json11(targetPrefix: "TrentService"))
        #expect(json.code == code)
        #expect(json.status == 400)
        #expect(FaultDialect.translate(fault, for: FakeService.query).status == 403)
    }

    @Test func `reads nothing of a form but its action before the signature holds`() async throws {
        // Broken beyond its first two parameters: only who may call is told so.
        let broken = "Action=GetUser&Version=2010-05-08&Text=%"
        let unsigned = await bench.answer(client.incoming(client.bare(headers: []), broken))
        #expect(unsigned.text.contains("MissingAuthenticationToken"), "\(unsigned.text)")
        var stranger = client
        stranger.accessKeyID = "AKIDNOBODY"
        let unknown = await bench.answer(try stranger.form("iam", broken))
        #expect(unknown.text.contains("InvalidClientTokenId"), "\(unknown.text)")
        let known = await bench.answer(try client.form("iam", broken))
        #expect(known.text.contains("MalformedQueryString"), "\(known.text)")
    }
}

@Suite("The address of a peer")
struct PeerAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:127.0.0.1", "127.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("::1", "::1"),
        ("2001:db8::ffff:1", "2001:db8::ffff:1"), ("::ffff:192.0.2.1%eth0", "192.0.2.1"),
        ("::ffff:0:1", "::ffff:0:1"),
    ])
    func `is IPv4 where the peer is, and has no zone`(told: String, expected: String) {
        #expect(PeerAddress.normalized(told) == expected)
    }
}
