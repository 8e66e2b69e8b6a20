import AWSWire
import FoundationEssentials
import Testing
import Vocabulary

@Suite("AWS's XML answers")
struct AWSXMLTests {
    private let namespace = "https://iam.amazonaws.com/doc/2010-05-08/"

    private func encode(_ value: some Encodable) throws -> String {
        let bytes = try AWSXML.encode(
            value,
            operation: "GetSample",
            namespace: namespace,
            requestID: "id-1"
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    private func decode(_ text: String) throws -> Sample {
        try AWSXML.decode(Sample.self, from: Array(text.utf8), operation: "GetSample")
    }

    @Test func `what is encoded decodes to the same`() throws {
        #expect(try decode(encode(Sample.full)) == Sample.full)
    }

    @Test func `the answer has AWS's form`() throws {
        let value = Sample(
            Name: "a&b",
            Created: Date(timeIntervalSince1970: 1_767_323_045),
            Names: ["x"]
        )
        #expect(
            try encode(value)
                == "<GetSampleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
                + "<GetSampleResult><Name>a&amp;b</Name><Created>2026-01-02T03:04:05Z</Created>"
                + "<Names><member>x</member></Names></GetSampleResult>"
                + "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
                + "</GetSampleResponse>"
        )
    }

    @Test func `an operation that answers nothing has no result element`() throws {
        #expect(!(try encode(Nothing())).contains("GetSampleResult"))
        #expect(try encode(Sample()).contains("<GetSampleResult></GetSampleResult>"))
    }

    @Test func `characters that XML cannot hold are replaced`() throws {
        #expect(
            try encode(Sample(Name: "a\u{0}\u{B}\u{FFFF}b")).contains("a\u{FFFD}\u{FFFD}\u{FFFD}b")
        )
    }

    @Test func `a declaration, comments, prefixes, attributes and CDATA are read past`() throws {
        let value = try decode(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- one -->
            <a:GetSampleResponse xmlns:a='x' b = "<&>">
              <a:GetSampleResult><Name>1<!-- two -->2<![CDATA[<3>]]>&#52;&#x35;</Name>
                <Names/></a:GetSampleResult>
            </a:GetSampleResponse>
            """
        )
        #expect(value.Name == "12<3>45")
        #expect(value.Names == [])
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY x \"y\">]><GetSampleResponse/>",
        "<GetSampleResponse><Name>&x;</Name></GetSampleResponse>",
        "<GetSampleResponse>&#xD800;</GetSampleResponse>",
        "<GetSampleResponse>&#99999999999;</GetSampleResponse>", "<a>&amp</a>", "<a>&</a>",
        "<a></b>", "<a>", "<a", "<", "", "text", "<a/>text", "<a/><b/>", "< a/>", "<a b></a>",
        "<a b=c></a>", "<a b=\"c></a>", "<a><b></a></b>", "<!-- a", "<?xml", "</a>",
    ])
    func `what is no XML of ours is refused`(_ text: String) {
        #expect(throws: MalformedBody.self) { try decode(text) }
    }

    @Test func `deep and endless documents are refused and stop nothing`() {
        let depth = Limits.wireNesting
        func nested(_ count: Int) -> String {
            String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count)
        }
        #expect(throws: Never.self) { try decode(nested(depth)) }
        #expect(throws: MalformedBody.self) { try decode(nested(depth + 1)) }
        #expect(throws: MalformedBody.self) {
            try decode(String(repeating: "<a>", count: 1_000_000))
        }
        let wide = String(repeating: "<a/>", count: Limits.xmlElementCount)
        #expect(throws: MalformedBody.self) { try decode("<b>\(wide)</b>") }
    }

    @Test func `cut at any byte it is refused`() throws {
        let bytes = Array(try encode(Sample.full).utf8)
        for count in 0..<bytes.count {
            #expect(throws: MalformedBody.self, "cut at \(count)") {
                try AWSXML.decode(
                    Sample.self,
                    from: Array(bytes.prefix(count)),
                    operation: "GetSample"
                )
            }
        }
    }
}

@Suite("Faults on the wire")
struct FaultBodyTests {
    /// An agent could not tell that its node was deregistered: the gateway's refusals have their code in the header.
    @Test func `in XML has the code of its header, and the gateway's small message`() {
        let body = Array(
            "<ExpiredTokenException><message>It is old.</message></ExpiredTokenException>".utf8
        )
        let fault = FaultBody.parse(xml: body, status: 403, errorType: "ExpiredTokenException")
        #expect(fault == ServiceFault("ExpiredTokenException", "It is old.", status: 403))
        #expect(FaultBody.parse(xml: body, status: 403).code == "HTTP403")
    }

    private let fault = ServiceFault(
        "NotFoundException",
        "Alias <a> & \"b\" is not found.",
        status: 400
    )

    @Test func `a JSON fault is read back from its body or its header`() {
        let body = FaultBody.json(fault)
        #expect(FaultBody.parse(json: body, status: 400) == fault)
        let header = FaultBody.parse(
            json: Array(#"{"Message":"m"}"#.utf8),
            status: 404,
            errorType: "a.b#Code:http://x/"
        )
        #expect(header == ServiceFault("Code", "m", status: 404))
    }

    @Test(arguments: ["", "<html>", "[]", #"{"__type":""}"#, #"{"__type":7}"#])
    func `an answer of somebody else gives its status`(_ body: String) {
        #expect(FaultBody.parse(json: Array(body.utf8), status: 502).code == "HTTP502")
        #expect(FaultBody.parse(xml: Array(body.utf8), status: 502).code == "HTTP502")
    }

    @Test(arguments: [(400, "Sender"), (403, "Sender"), (500, "Receiver"), (503, "Receiver")])
    func `an XML fault is read back, and says whose it is`(_ status: Int, _ type: String) {
        let fault = ServiceFault(fault.code, fault.message, status: status)
        let body = FaultBody.xml(fault, requestID: "id-1", namespace: "urn:x")
        #expect(FaultBody.parse(xml: body, status: status) == fault)
        let text = String(decoding: body, as: UTF8.self)
        #expect(text.contains("<Type>\(type)</Type>"))
        #expect(text.contains("<RequestId>id-1</RequestId>"))
    }
}
