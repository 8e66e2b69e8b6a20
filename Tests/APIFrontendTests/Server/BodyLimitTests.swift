import FoundationEssentials
import NIOCore
import SigV4
import Testing
import Vocabulary

@testable import APIFrontend

@Suite("A request's body", .timeLimit(.minutes(2)))
struct BodyLimitTests {
    private var client: Client { Client(now: Date()) }

    /// The header of a request whose signature has all its parts, so that it may be right.
    private func plausibleHead(_ length: String) throws -> String {
        let request = try client.json("kms", "TrentService.Encrypt")
        let fields = request.head.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return "POST / HTTP/1.1\r\n\(fields)\(length)\r\n\r\n"
    }

    private func chunks(_ count: Int, of bytes: Int) -> [String] {
        let piece = String(repeating: "x", count: bytes)
        return (0..<count).map { _ in "\(String(bytes, radix: 16))\r\n\(piece)\r\n" }
    }

    @Test
    func `larger than allowed is refused by name, stated or not, with a signature or without`()
        async throws
    {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let bare = "POST / HTTP/1.1\r\nhost: h\r\n"
            let unsigned = "request without a signature may have \(Limits.smallBodyBytes) bytes"
            let signed = "a request may have \(Limits.requestBodyBytes) bytes"
            let chunked = "transfer-encoding: chunked"
            let cases: [(pieces: [String], sentence: String)] = [
                (["\(bare)content-length: \(Limits.smallBodyBytes + 1)\r\n\r\n"], unsigned),
                (
                    ["\(bare)\(chunked)\r\n\r\n"]
                        + chunks(Limits.smallBodyBytes / 1024 + 1, of: 1024),
                    unsigned
                ),
                ([try plausibleHead("content-length: \(Limits.requestBodyBytes + 1)")], signed),
                ([try plausibleHead(chunked)] + chunks(9, of: 1 << 20), signed),
            ]
            for (pieces, sentence) in cases {
                let text = try await server.connect().exchange(pieces) { $0.contains("no more") }
                #expect(text.contains("413"), "\(text)")
                #expect(text.contains(sentence), "\(text)")
            }
            #expect(server.metrics.text().contains("sekisho_refused_bodies_total 4"))
        }
    }

    @Test func `without a signature may be as large as the limit`() async throws {
        try await TestServer.run(bench: try FrontendBench()) { server in
            let body = String(repeating: "x", count: Limits.smallBodyBytes)
            let text = try await server.connect().exchange([
                "POST / HTTP/1.1\r\nhost: h\r\nx-amz-target: TrentService.Encrypt\r\n"
                    + "connection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
            ])
            #expect(text.contains("MissingAuthenticationToken"), "\(text)")
        }
    }

    /// A hundred requests that state the largest body were read whole at once: 874 MiB.
    @Test func `is not read while the budget is empty, and brief calls go on`() async throws {
        let large = ByteBudget(
            total: Limits.requestBodyBytes,
            share: Limits.requestBodyBytes
        )
        let small = ByteBudget(total: Limits.smallBodyBudget, share: Limits.smallBodyShare)
        let bodies = BodyBudget(small: small, large: large)
        try await TestServer.run(bench: try FrontendBench(), bodies: bodies) { server in
            let head = try plausibleHead("content-length: \(Limits.requestBodyBytes)")
            try await withThrowingTaskGroup { group in
                for _ in 0..<5 {
                    group.addTask {
                        let held = try await server.connect()
                        try await held.channel.executeThenClose { inbound, outbound in
                            try await outbound.write(ByteBuffer(string: head))
                            // Holds its connection open until the test is through with it.
                            for try await _ in inbound {}
                        }
                    }
                }
                while large.waiting < 4 { await Task.yield() }
                #expect(large.used == Limits.requestBodyBytes)
                let call = try client.json("kms", "TrentService.Encrypt").wire
                let text = try await server.connect().exchange([call]) { $0.contains("\"Caller\"") }
                #expect(text.contains("200 OK"), "\(text)")
                group.cancelAll()
            }
        }
    }
}
