import Foundation
import Logging
import NIOHTTP1
import NIOSSL
import Sealing
import SigV4
import Testing
import Vocabulary

@testable import AWSClient

@Suite("A signed client")
struct AWSClientTests {
    private struct Input: Codable, Sendable, Equatable { let KeyId: String }
    private struct Output: Codable, Sendable, Equatable { let Name: String }
    private typealias Answer = StubServer.Answer

    private static let keys = SigningCredentials(
        accessKeyID: "AKIATEST",
        secretAccessKey: Secret(utf8: "secret"),
        sessionToken: "the-token"
    )

    private func client(
        _ server: StubServer,
        scheme: String = "http",
        host: String = "127.0.0.1",
        signing: RequestSigning = .credentials(keys),
        trust: TrustRoots = .system
    ) throws -> AWSClient {
        try AWSClient(
            endpoint: Endpoint(parsing: "\(scheme)://\(host):\(server.port)"),
            region: Region(parsing: "us-east-1"),
            signing: signing,
            trust: trust,
            trustRemedy: "set AWS_CA_BUNDLE",
            retries: RetryPolicy(attempts: 3, basePause: .milliseconds(1)),
            logger: Logger(label: "test")
        )
    }

    @Test func `a JSON call names its operation, is signed, and its answer is read`() async throws {
        let server = try await StubServer(Answer(body: "{\"Name\":\"x\"}"))
        let output: Output = try await client(server).call(.kms, "DescribeKey", Input(KeyId: "k"))
        #expect(output == Output(Name: "x"))
        let request = try #require(server.requests.first)
        #expect(request.head.method == .POST && request.head.uri == "/")
        #expect(request.head.headers["x-amz-target"] == ["TrentService.DescribeKey"])
        #expect(request.head.headers["host"] == ["127.0.0.1:\(server.port)"])
        #expect(request.head.headers["x-amz-security-token"] == ["the-token"])
        #expect(String(decoding: request.body, as: UTF8.self) == "{\"KeyId\":\"k\"}")
        let authorization = try #require(request.head.headers["authorization"].first)
        #expect(authorization.contains("Credential=AKIATEST/"))
        #expect(authorization.contains("/us-east-1/kms/aws4_request"))
    }

    @Test func `a query call is a form, and its answer XML`() async throws {
        let xml = """
            <GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult>\
            <Name>r</Name></GetRoleResult></GetRoleResponse>
            """
        let server = try await StubServer(Answer(headers: ["content-type": "text/xml"], body: xml))
        let output: Output = try await client(server).call(.iam, "GetRole", Input(KeyId: "a b"))
        #expect(output == Output(Name: "r"))
        let body = String(decoding: try #require(server.requests.first).body, as: UTF8.self)
        #expect(body == "Action=GetRole&Version=2010-05-08&KeyId=a%20b")
    }

    @Test(arguments: [
        (
            400, "application/x-amz-json-1.1",
            "{\"__type\":\"a#NotFoundException\",\"message\":\"No.\"}"
        ),
        (
            400, "text/xml",
            "<ErrorResponse><Error><Code>NotFoundException</Code><Message>No.</Message></Error></ErrorResponse>"
        ),
    ])
    func `a refusal has AWS's code and sentence, and is not tried again`(
        status: Int,
        type: String,
        body: String
    ) async throws {
        let server = try await StubServer(
            Answer(
                status: HTTPResponseStatus(statusCode: status),
                headers: ["content-type": type, "x-amzn-requestid": "r-1"],
                body: body
            )
        )
        let expected = AWSClientError.service(
            code: "NotFoundException",
            message: "No.",
            status: status,
            requestID: "r-1"
        )
        await #expect(throws: expected) {
            try await client(server).call(.kms, "DescribeKey", Input(KeyId: "k"))
        }
        #expect(server.requests.count == 1)
    }

    @Test func `what may pass is tried again, signed anew`() async throws {
        let server = try await StubServer(
            Answer(status: .serviceUnavailable),
            Answer(hangsUp: true),
            Answer(body: "{\"Name\":\"third\"}")
        )
        let output: Output = try await client(server).call(.logs, "X", Input(KeyId: "k"))
        #expect(output.Name == "third")
        #expect(server.requests.count == 3)
    }

    @Test func `it gives up after its attempts, with the last reason`() async throws {
        let server = try await StubServer(
            Answer(
                status: .badRequest,
                body: "{\"__type\":\"ThrottlingException\",\"message\":\"Slow.\"}"
            )
        )
        await #expect {
            try await client(server).call(.logs, "X", Input(KeyId: "k"))
        } throws: {
            ($0 as? AWSClientError)?.code == "ThrottlingException"
        }
        #expect(server.requests.count == 3)
    }

    @Test func `an answer that does not fit is unreadable, not a crash`() async throws {
        let server = try await StubServer(Answer(body: "<html>"))
        await #expect {
            let _: Output = try await client(server).call(.kms, "X", Input(KeyId: "k"))
        } throws: {
            if case AWSClientError.unreadable = $0 { true } else { false }
        }
    }

    @Test func `an anonymous call carries no signature`() async throws {
        let server = try await StubServer(Answer())
        try await client(server, signing: .anonymous).call(
            .ssm,
            "RegisterManagedInstance",
            Input(KeyId: "k")
        )
        let request = try #require(server.requests.first)
        #expect(request.head.headers["authorization"].isEmpty)
    }

    @Test func `a node's key signs the string to sign in place of the HMAC`() async throws {
        let server = try await StubServer(Answer())
        let node = try NodeID(parsing: "mi-0123456789abcdef0")
        let signing = RequestSigning.nodeKey(node) { text in
            #expect(text.hasPrefix("AWS4-HMAC-SHA256\n"))
            return "c2lnbmF0dXJl"
        }
        try await client(server, signing: signing).call(.ssm, "X", Input(KeyId: "k"))
        let header = try #require(server.requests.first?.head.headers["authorization"].first)
        #expect(header.contains("Credential=mi-0123456789abcdef0/"))
        #expect(header.hasSuffix("Signature=c2lnbmF0dXJl"))
    }

    @Test func `a provider that has no credentials is said so, and nothing is sent`() async throws {
        struct Away: Error {}
        let server = try await StubServer(Answer())
        await #expect {
            try await client(server, signing: .provider { throw Away() }).call(
                .ssm,
                "X",
                Input(KeyId: "k")
            )
        } throws: {
            if case AWSClientError.credentials = $0 { true } else { false }
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `a raw post keeps status, type and body`() async throws {
        let server = try await StubServer(
            Answer(status: .created, headers: ["content-type": "application/xml"], body: "<x/>")
        )
        let answer = try await client(server).post(
            path: "/v1/control-channel/mi-0",
            body: Array("{}".utf8),
            service: .ssmmessages
        )
        #expect(answer.status == 201 && answer.contentType == "application/xml")
        #expect(answer.body == Array("<x/>".utf8))
        #expect(server.requests.first?.head.uri == "/v1/control-channel/mi-0")
    }

    @Test func `a server that is not there is named, with what to do`() async throws {
        // Nobody listens on the first port of all, nor is given it by the system.
        let port = 1
        let client = try AWSClient(
            endpoint: Endpoint(parsing: "http://127.0.0.1:\(port)"),
            region: Region(parsing: "us-east-1"),
            signing: .anonymous,
            retries: .never,
            logger: Logger(label: "test")
        )
        await #expect {
            try await client.call(.kms, "X", Input(KeyId: "k"))
        } throws: {
            "\($0)".contains("127.0.0.1:\(port) (Connection refused): check that")
        }
    }

    @Test func `a certificate is believed for the address it names, under the CA that is given`()
        async throws
    {
        let certificate = try SelfSigned(name: "IP:127.0.0.1")
        let server = try await StubServer(Answer(), tls: certificate.context())
        let trusting = try client(server, scheme: "https", trust: .file(certificate.path))
        try await trusting.call(.kms, "X", Input(KeyId: "k"))

        await #expect {
            try await client(server, scheme: "https").call(.kms, "X", Input(KeyId: "k"))
        } throws: {
            "\($0)".contains("that this machine trusts: set AWS_CA_BUNDLE")
        }
        let elsewhere = try SelfSigned(name: "IP:127.0.0.9")
        let misnamed = try await StubServer(Answer(), tls: elsewhere.context())
        await #expect {
            try await client(misnamed, scheme: "https", trust: .file(elsewhere.path)).call(
                .kms,
                "X",
                Input(KeyId: "k")
            )
        } throws: {
            "\($0)".contains("does not name that host")
        }
    }

    @Test func `another server's CA is named, with what to do about it`() async throws {
        let certificate = try SelfSigned(name: "IP:127.0.0.1")
        let other = try SelfSigned(name: "IP:127.0.0.1")
        let server = try await StubServer(Answer(), tls: certificate.context())
        await #expect {
            try await client(server, scheme: "https", trust: .file(other.path)).call(
                .kms,
                "X",
                Input(KeyId: "k")
            )
        } throws: {
            "\($0)".contains("an authority in \(other.path): set AWS_CA_BUNDLE")
        }
    }

    @Test func `plain http to a server of https is told, and the reverse`() async throws {
        let certificate = try SelfSigned(name: "IP:127.0.0.1")
        let secure = try await StubServer(Answer(), tls: certificate.context())
        await #expect {
            try await client(secure, scheme: "http").call(.kms, "X", Input(KeyId: "k"))
        } throws: {
            "\($0)".contains("try https://127.0.0.1:\(secure.port).")
        }
        let plain = try await StubServer(Answer())
        await #expect {
            try await client(plain, scheme: "https").call(.kms, "X", Input(KeyId: "k"))
        } throws: {
            "\($0)".contains("use an http:// URL")
        }
    }

    @Test func `a CA file that cannot be read is named at once`() throws {
        #expect {
            try AWSClient(
                endpoint: Endpoint(parsing: "https://h"),
                region: Region(parsing: "us-east-1"),
                signing: .anonymous,
                trust: .file("/nonexistent/ca.pem"),
                logger: Logger(label: "test")
            )
        } throws: {
            "\($0)".contains("/nonexistent/ca.pem")
        }
    }

    @Test(arguments: [
        ("wss://h/v1/data-channel/s?role=x", "h", "/v1/data-channel/s", "role=x"),
        ("ws://127.0.0.1:80/a", "127.0.0.1", "/a", ""),
        ("wss://[::1]:8443", "[::1]:8443", "/", ""),
    ])
    func `a websocket is signed as it will be dialled`(
        url: String,
        authority: String,
        path: String,
        query: String
    ) throws {
        let parts = try AWSClient.parts(ofWebSocket: url)
        #expect(parts == (authority, path, query))
    }
}

/// A certificate that vouches for itself, in a file that goes when the test does.
private final class SelfSigned {
    let path: String
    private let keyPath: String

    init(name: String) throws {
        let stem = NSTemporaryDirectory() + "sekisho-test-\(UUID().uuidString)"
        path = stem + ".pem"
        keyPath = stem + ".key"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", keyPath, "-out", path, "-days", "1", "-subj", "/CN=test",
            "-addext", "subjectAltName=\(name)",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    deinit {
        for file in [path, keyPath] { try? FileManager.default.removeItem(atPath: file) }
    }

    func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(path).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(key)
            )
        )
    }
}
