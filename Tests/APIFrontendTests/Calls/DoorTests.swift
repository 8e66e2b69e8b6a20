import AWSWire
import CryptoExtras
import FoundationEssentials
import Sealing
import ServiceKit
import SigV4
import Simulation
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("A node that signs with its own key")
struct NodeKeyTests {
    private static let node = "mi-0123456789abcdef0"
    private let key: _RSA.Signing.PrivateKey
    private let bench: FrontendBench

    init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        var bench = try FrontendBench()
        bench.nodeKeys = FakeNodeKeys(
            node: Self.node,
            key: Array(key.publicKey.derRepresentation)
        )
        self.bench = bench
    }

    private func answer(node: String, target: String, service: String = "ssm") async throws
        -> Answer
    {
        let client = Client(now: bench.clock.now())
        let key = key
        let signer = RequestSigner(accessKeyID: node, region: "us-east-1", service: service) {
            text,
            _ in
            try NodeKeySignature.sign(text, with: key)
        }
        let bare = client.bare(headers: [("x-amz-target", target)])
        let added = try signer.signedHeaders(for: bare, body: Array("{}".utf8), at: client.now)
        let head = SignableRequest(method: "POST", path: "/", headers: bare.headers + added)
        return await bench.answer(client.incoming(head, "{}"))
    }

    @Test func `it is known by the key it registered`() async throws {
        let answer = try await answer(
            node: Self.node,
            target: "AmazonSSM.RequestManagedInstanceRoleToken"
        )
        #expect(try AWSJSON.decode(Seen.self, from: answer.body).Caller == Self.node)
    }

    @Test(arguments: ["mi-0123456789abcdef1", "mi-0", "AKIDALICE"])
    func `a node we do not know is refused`(_ node: String) async throws {
        let answer = try await answer(
            node: node,
            target: "AmazonSSM.RequestManagedInstanceRoleToken"
        )
        #expect(answer.errorType == "UnrecognizedClientException")
    }

    @Test func `its signature is good for no other operation`() async throws {
        let answer = try await answer(
            node: Self.node,
            target: "TrentService.Encrypt",
            service: "kms"
        )
        #expect(answer.errorType == "UnrecognizedClientException")
    }
}

@Suite("The doors beside the API")
struct DoorTests {
    private let bench: FrontendBench
    private let client: Client

    init() throws {
        bench = try FrontendBench()
        client = Client(now: bench.clock.now())
    }

    private func get(_ path: String, method: String = "GET") async -> Answer {
        await bench.answer(client.incoming(client.bare(method, path, headers: []), ""))
    }

    @Test func `health, metrics and nothing else may be asked for without a signature`() async {
        #expect(await get("/health").status == 200)
        #expect(await get("/metrics").text.contains("sekisho_open_websockets 0"))
        #expect(await get("/").status == 404)
        #expect(await get("/elsewhere").status == 404)
        #expect(await get("/v1/data-channel/").status == 404)
        #expect(await get("/v1/data-channel/a/b").status == 404)
        #expect(await get("/v1/data-channel/a", method: "PUT").status == 405)
        #expect(await get("/v1/data-channel/a").status == 426)
    }

    private func post(_ path: String, service: String = "ssmmessages") throws -> IncomingRequest {
        try client.signed(client.bare("POST", path, headers: []), "{}", service: service)
    }

    @Test func `a signed POST for a channel reaches the gateway with its path unescaped`()
        async throws
    {
        let answer = await bench.answer(try post("/v1/data-channel/a%40b-0123"))
        #expect(
            answer.text == "arn:aws:iam::111122223333:user/alice /v1/data-channel/a@b-0123 {}"
        )
        #expect(try await bench.recorded().first?.eventName == "CreateDataChannel")
    }

    @Test func `a fault of the gateway is recorded by the code that is told`() async throws {
        let bare = client.bare("POST", "/v1/data-channel/a-0123", headers: [])
        let answer = await bench.answer(
            try client.signed(bare, "terminated", service: "ssmmessages")
        )
        #expect(answer.status == 400)
        #expect(answer.contentType == "application/xml")
        #expect(answer.errorType == "AccessDeniedException")
        #expect(
            answer.text == "<AccessDeniedException><message>"
                + "Session is already terminated &amp; gone</message></AccessDeniedException>"
        )
        let record = try #require(try await bench.recorded().first)
        #expect(record.eventName == "CreateDataChannel")
        #expect(record.errorCode == "AccessDeniedException")
    }

    @Test func `an unsigned POST, or one for another service, is refused and recorded`()
        async throws
    {
        let bare = client.bare("POST", "/v1/control-channel/mi-1", headers: [])
        let unsigned = await bench.answer(client.incoming(bare, "{}"))
        #expect(unsigned.status == 403)
        #expect(unsigned.errorType == "MissingAuthenticationTokenException")
        #expect(unsigned.text.hasPrefix("<MissingAuthenticationTokenException><message>"))
        let wrong = await bench.answer(try post("/v1/control-channel/mi-1", service: "ssm"))
        #expect(wrong.errorType == "InvalidSignatureException")
        #expect(try await bench.recorded().map(\.principal) == ["anonymous", "anonymous"])
    }

    @Test func `a channel call that cannot be recorded fails`() async throws {
        let request = try post("/v1/control-channel/mi-1")
        bench.records.fill()
        #expect(await bench.answer(request).status == 503)
    }

    @Test func `a websocket needs no signature, but a wrong one is refused`() async throws {
        let channels = try #require(bench.doorman.channels)
        let path = try #require(ChannelPath("/v1/data-channel/x"))
        let bare = client.bare("GET", path.path, headers: [])
        guard
            case .accepted(nil, _) = await channels.admitWebSocket(client.incoming(bare, ""), path)
        else {
            Issue.record("an unsigned websocket was refused")
            return
        }
        let signed = try client.signed(bare, "", service: "ssmmessages")
        guard case .accepted(let context?, _) = await channels.admitWebSocket(signed, path) else {
            Issue.record("a signed websocket was refused")
            return
        }
        #expect(context.operation == "ssmmessages:OpenDataChannel")
        var stranger = client
        stranger.secret = .init(utf8: "x")
        let forged = try stranger.signed(bare, "", service: "ssmmessages")
        guard case .refused(let answer) = await channels.admitWebSocket(forged, path) else {
            Issue.record("a forged websocket was admitted")
            return
        }
        #expect(answer.status == 403)
    }

    @Test(arguments: [
        ("kms.us-east-1.d.e", "kms", "us-east-1"),
        ("STREAM-logs.eu-west-1.D.E:8443", "logs", "eu-west-1"),
        ("streaming-logs.eu-west-1.d.e", "logs", "eu-west-1"),
    ])
    func `a host name of ours is read`(_ host: String, _ service: String, _ region: String) throws {
        let name = try #require(HostName(host, domain: "d.e"))
        #expect(name.service == service)
        #expect(name.region == region)
    }

    @Test(arguments: [
        "", "d.e", "kms.d.e", "kms.us-east-1.other", "a.b.c.d.e", ".us-east-1.d.e",
        "127.0.0.1:8443",
    ])
    func `another host name says nothing`(_ host: String) {
        #expect(HostName(host, domain: "d.e") == nil)
    }
}
