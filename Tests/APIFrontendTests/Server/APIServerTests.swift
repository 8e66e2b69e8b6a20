import FoundationEssentials
import Logging
import NIOCore
import Sealing
import ServiceKit
import ServiceLifecycle
import SigV4
import Testing
import Vocabulary
import WebSocketTransport

@testable import APIFrontend

@Suite("The server on its sockets")
struct APIServerTests {
    private func count(_ part: String, in text: String) -> Int {
        text.ranges(of: part).count
    }

    private var client: Client { Client(now: Date()) }

    @Test(arguments: [false, true])
    func `calls come one after another on one connection, plain and with TLS`(
        _ isSecure: Bool
    ) async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            var client = client
            client.host = "127.0.0.1:\(isSecure ? server.secure.port : server.plain.port)"
            let calls = try (0..<3).map { index in
                try client.json("kms", "TrentService.Encrypt", "{\"Text\":\"n\(index)\"}").wire
            }
            let text = try await server.connect(secure: isSecure).exchange(calls) {
                count("\"Text\":", in: $0) == 3
            }
            #expect(count("HTTP/1.1 200 OK", in: text) == 3, "\(text)")
            for index in 0..<3 { #expect(text.contains("\"n\(index)\"")) }
            #expect(count("x-amzn-RequestId: ", in: text) == 3)
        }
    }

    /// `::ffff:127.0.0.1` matches no condition on `127.0.0.0/8`.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/net/if_inet6")))
    func `a peer over IPv4 on a listener of both families has its IPv4 address`() async throws {
        let bench = try FrontendBench()
        try await TestServer.run(bench: bench, secureListener: "https://[::]:0") { server in
            let call = try client.json("kms", "TrentService.Encrypt").wire
            let text = try await server.connect(secure: true).exchange([call]) {
                $0.contains("\"Caller\"")
            }
            #expect(text.contains("200 OK"), "\(text)")
            let record = try #require(try await bench.recorded().first)
            #expect(record.sourceIPAddress == "127.0.0.1")
        }
    }

    /// Clients that read headers by hand look for AWS's spelling, with regard to case.
    @Test func `header names are spelt as AWS spells them`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let request = try client.json("kms", "TrentService.Nope").wire
                .replacing("content-length:", with: "connection: close\r\ncontent-length:")
            let text = try await server.connect().exchange([request])
            for name in [
                "Content-Type", "Content-Length", "Date", "Connection", "x-amzn-RequestId",
                "x-amzn-ErrorType",
            ] {
                #expect(text.contains("\r\n\(name): "), "\(name) in \(text)")
            }
        }
    }

    @Test func `a body in HTTP's chunks is read whole`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let request = try client.json("kms", "TrentService.Encrypt", #"{"Text":"chunked"}"#)
            let fields = request.head.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            let text = try await server.connect().exchange([
                "POST / HTTP/1.1\r\n\(fields)transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
                "8\r\n{\"Text\":\r\n", "a\r\n\"chunked\"}\r\n0\r\n\r\n",
            ])
            #expect(text.contains("200 OK"), "\(text)")
            #expect(text.contains("\"Text\":\"chunked\""))
        }
    }

    @Test(arguments: ["h2c", "websocket", "websocket, h2c"])
    func `an upgrade that is none is answered as an ordinary call, with its connection closed`(
        _ upgrade: String
    ) async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let call = try client.json("kms", "TrentService.Encrypt").wire
            let offering = call.replacing(
                "content-length:",
                with: "upgrade: \(upgrade)\r\nconnection: Upgrade\r\ncontent-length:"
            )
            let first = try await server.connect().exchange([offering])
            #expect(first.contains("200 OK"), "\(first)")
            #expect(first.lowercased().contains("connection: close"))
            // NIO's decoder stops after such a request; a later one must not leave the client hanging.
            let second = try await server.connect().exchange([call, offering])
            #expect(count("200 OK", in: second) == 2, "\(second)")
        }
    }

    @Test(arguments: [false, true])
    func `a websocket without a signature is opened for nobody`(_ isSecure: Bool) async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let url =
                isSecure
                ? "wss://127.0.0.1:\(server.secure.port)" : "ws://127.0.0.1:\(server.plain.port)"
            try await WebSocketClient.connect(
                to: "\(url)/v1/data-channel/a%40b-0?role=publish",
                trust: .file(server.authorityFile),
                logger: Logger(label: "test")
            ) { connection in
                var messages = connection.inbound.makeAsyncIterator()
                #expect(
                    try await messages.next() == .text("nobody /v1/data-channel/a@b-0 role=publish")
                )
                let large = ByteBuffer(repeating: 7, count: 200_000)
                try await connection.send(.binary(large))
                #expect(try await messages.next() == .binary(large))
                #expect(server.metrics.text().contains("sekisho_open_websockets 1"))
            }
        }
    }

    @Test func `a signed websocket is opened for its signer, a forged one refused`() async throws {
        let bench = try FrontendBench()
        try await TestServer.run(bench: bench) { server in
            var client = client
            client.host = "127.0.0.1:\(server.plain.port)"
            let path = "/v1/control-channel/mi-0"
            func headers(_ secret: String?) throws -> [(String, String)] {
                var client = client
                if let secret { client.secret = .init(utf8: secret) }
                let bare = client.bare("GET", path, headers: [])
                return try client.signer("ssmmessages")
                    .signedHeaders(for: bare, body: [], at: client.now).map { ($0.name, $0.value) }
            }
            let url = "ws://\(client.host)\(path)"
            try await WebSocketClient.connect(
                to: url,
                headers: try headers(nil),
                trust: .system,
                logger: Logger(label: "test")
            ) { connection in
                var messages = connection.inbound.makeAsyncIterator()
                let first = try await messages.next()
                #expect(first == .text("arn:aws:iam::111122223333:user/alice \(path) "))
            }
            let forged = try headers("forged")
            await #expect {
                try await WebSocketClient.connect(
                    to: url,
                    headers: forged,
                    trust: .system,
                    logger: Logger(label: "test")
                ) { _ in }
            } throws: { error in
                guard case WebSocketError.refused(403, let body) = error else { return false }
                return body.contains("InvalidSignatureException")
            }
            // Refused by the filter, answered later, and recorded once.
            let records = try await bench.recorded()
            #expect(records.count == 2)
            #expect(records.count { $0.errorCode == nil } == 1)
        }
    }

    @Test func `a websocket is decided on once, whatever changes before its answer is sent`()
        async throws
    {
        let bench = try FrontendBench()
        let late = LateCredentials(account: bench.account)
        try await TestServer.run(bench: bench, credentials: late) { server in
            var client = client
            client.host = "127.0.0.1:\(server.plain.port)"
            let bare = client.bare("GET", "/v1/control-channel/mi-0", headers: [])
            let headers = try client.signer("ssmmessages")
                .signedHeaders(for: bare, body: [], at: client.now).map { ($0.name, $0.value) }
            await #expect {
                try await WebSocketClient.connect(
                    to: "ws://\(client.host)/v1/control-channel/mi-0",
                    headers: headers,
                    trust: .system,
                    logger: Logger(label: "test")
                ) { _ in }
            } throws: { error in
                if case WebSocketError.refused(403, _) = error { true } else { false }
            }
            let records = try await bench.recorded()
            #expect(records.map(\.errorCode) == ["UnrecognizedClientException"])
        }
    }

    @Test func `a websocket elsewhere is not found`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            await #expect {
                try await WebSocketClient.connect(
                    to: "ws://127.0.0.1:\(server.plain.port)/elsewhere",
                    trust: .system,
                    logger: Logger(label: "test")
                ) { _ in }
            } throws: { error in
                if case WebSocketError.refused(404, _) = error { true } else { false }
            }
        }
    }

    @Test(arguments: [
        "GET", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\u{0}\u{1}\u{2}\r\n\r\n",
        "POST / HTTP/1.1\r\nhost\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n\(String(repeating: "a: b\r\n", count: 1000))\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}",
    ])
    func `what is no HTTP stops nobody else`(_ bytes: String) async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let broken = try await server.connect()
            try await broken.channel.executeThenClose { _, outbound in
                try? await outbound.write(ByteBuffer(string: bytes))
                let call = try client.json("kms", "TrentService.Encrypt").wire
                let text = try await server.connect().exchange([call]) { $0.contains("\"Caller\"") }
                #expect(text.contains("200 OK"), "\(text)")
            }
        }
    }

    @Test func `a client that waits to be told to continue is told`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let call = try client.json("kms", "TrentService.Encrypt").wire
                .replacing("content-length:", with: "expect: 100-continue\r\ncontent-length:")
            let text = try await server.connect().exchange([call]) { $0.contains("\"Caller\"") }
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), "\(text)")
        }
    }

    @Test func `when the server stops, websockets are told that it goes away`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            try await WebSocketClient.connect(
                to: "ws://127.0.0.1:\(server.plain.port)/v1/data-channel/x",
                trust: .system,
                logger: Logger(label: "test")
            ) { connection in
                var messages = connection.inbound.makeAsyncIterator()
                _ = try await messages.next()
                await server.group.triggerGracefulShutdown()
                // The end of the messages is the close frame; without it this would wait for ever.
                #expect(try await messages.next() == nil)
            }
        }
    }

    @Test func `idle connections do not keep a stopping server`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let silent = try await server.connect()
            try await silent.channel.executeThenClose { inbound, _ in
                let call = try client.json("kms", "TrentService.Encrypt").wire
                let used = try await server.connect()
                try await used.channel.executeThenClose { answers, outbound in
                    try await outbound.write(ByteBuffer(string: call))
                    var iterator = answers.makeAsyncIterator()
                    _ = try await iterator.next()
                    await server.group.triggerGracefulShutdown()
                    while try await iterator.next() != nil {}
                }
                for try await _ in inbound {}
            }
        }
    }
}

@Suite("Addresses to listen on")
struct ListenerTests {
    @Test(arguments: [
        "https://127.0.0.1:8443", "https://0.0.0.0:443", "https://gateway.internal:8443",
        "https://[::]:8443", "http://127.0.0.1:8080", "http://localhost:0", "http://[::1]:8080",
        "http://127.1.2.3:1",
    ])
    func `an address is read and written back`(_ text: String) throws {
        #expect(try Listener(parsing: text).description == text)
    }

    @Test(arguments: [
        "http://0.0.0.0:8080", "http://192.168.1.1:80", "http://[::]:80", "http://example.com:80",
        "http://127.0.0.1.example.com:80", "http://127.evil:80", "http://localhost.example.com:1",
    ])
    func `plain http is refused where others could reach it`(_ text: String) {
        #expect(throws: ListenerError.plainOutsideLoopback(text)) { try Listener(parsing: text) }
    }

    @Test(arguments: [
        "", "https://", "https://:8443", "https://host", "https://host:", "https://host:65536",
        "https://host:-1", "ftp://host:21", "host:8443", "https://a:b:1", "https://[x]:1",
        "https://user@host:1", "https://host/path:1",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(throws: ListenerError.unreadable(text)) { try Listener(parsing: text) }
    }

    @Test func `an address that is taken is told with the system's reason`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let bench = try FrontendBench()
            let text = "http://127.0.0.1:\(server.plain.port)"
            let second = APIServer(
                settings: APIServer.Settings(
                    listeners: [try Listener(parsing: text)],
                    account: bench.account,
                    homeRegion: bench.home,
                    regions: .any
                ),
                services: [],
                credentials: FakeCredentials(account: bench.account),
                nodeKeys: bench.nodeKeys,
                audit: bench.audit,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            await #expect(
                throws: ListenerError.cannotListen(text, reason: "Address already in use")
            ) {
                try await second.run()
            }
        }
    }

    @Test func `https without a certificate is refused`() async throws {
        let bench = try FrontendBench()
        let server = APIServer(
            settings: APIServer.Settings(
                listeners: [try Listener(parsing: "https://127.0.0.1:0")],
                account: bench.account,
                homeRegion: bench.home,
                regions: .any
            ),
            services: [],
            credentials: FakeCredentials(account: bench.account),
            nodeKeys: bench.nodeKeys,
            audit: bench.audit,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        await #expect(throws: ListenerError.noIdentity("https://127.0.0.1:0")) {
            try await server.run()
        }
    }
}
