import Logging
import NIOCore
import Testing
import Vocabulary

@testable import WebSocketTransport

private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite("A connection over loopback", .timeLimit(.minutes(1)))
struct LoopbackTests {
    @Test func `messages come back as they were, up to the largest`() async throws {
        try await withServer(serve: echo) { port in
            try await WebSocketClient.connect(
                to: "ws://127.0.0.1:\(port)",
                trust: .system,
                logger: logger
            ) {
                connection in
                var iterator = connection.inbound.makeAsyncIterator()
                for message: WebSocketMessage in [
                    .text("grüß"), .binary(ByteBuffer()),
                    .binary(ByteBuffer(repeating: 7, count: 1 << 18)),
                ] {
                    try await connection.send(message)
                    #expect(try await iterator.next() == message)
                }
            }
        }
    }

    @Test func `a server that refuses is quoted`() async throws {
        try await withServer(serve: echo) { port in
            _ = await #expect(throws: WebSocketError.refused(status: 403, body: "not for you")) {
                try await WebSocketClient.connect(
                    to: "ws://127.0.0.1:\(port)/no",
                    trust: .system,
                    logger: logger
                ) { _ in }
            }
        }
    }

    @Test func `nobody there is told`() async throws {
        let port = try await withServer(serve: echo) { $0 }
        let error = await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.connect(
                to: "ws://127.0.0.1:\(port)",
                trust: .system,
                logger: logger
            ) { _ in }
        }
        guard case .cannotConnect? = error else {
            Issue.record("unexpected \(String(describing: error))")
            return
        }
    }

    @Test func `a close of the peer ends the messages after the last one`() async throws {
        try await withServer(serve: { connection in
            try await connection.send(.text("bye"))
            await connection.close(code: .goingAway, reason: "because")
        }) { port in
            try await WebSocketClient.connect(
                to: "ws://127.0.0.1:\(port)",
                trust: .system,
                logger: logger
            ) {
                (connection) async throws -> Void in
                var iterator = connection.inbound.makeAsyncIterator()
                #expect(try await iterator.next() == .text("bye"))
                #expect(try await iterator.next() == nil)
                await #expect(throws: WebSocketError.self) {
                    while true { try await connection.send(.text("late")) }
                }
            }
        }
    }

    @Test func `a sender is held while the peer does not read, and all arrives`() async throws {
        let piece = ByteBuffer(repeating: 1, count: 100_000)
        let count = 300
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        try await withServer(serve: { connection in
            for await _ in gate { break }
            try await echo(connection)
        }) { port in
            try await WebSocketClient.connect(
                to: "ws://127.0.0.1:\(port)",
                trust: .system,
                logger: logger
            ) {
                connection in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (stalls, stalled) = AsyncStream.makeStream(of: Int.self)
                    group.addTask {
                        for number in 0..<count {
                            try await connection.send(.binary(piece))
                            stalled.yield(number)
                        }
                    }
                    // Let it send a little, then open the gate: what it has sent by then is bounded
                    // by kernel buffers and ours, and everything still arrives.
                    for await number in stalls where number == 3 { break }
                    opened.yield()
                    var received = 0
                    var iterator = connection.inbound.makeAsyncIterator()
                    while received < count, let message = try await iterator.next() {
                        #expect(message == .binary(piece))
                        received += 1
                    }
                    #expect(received == count)
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `pings keep a quiet connection, whose peer answers them`() async throws {
        let settings = WebSocketSettings(
            pingInterval: .milliseconds(20),
            silence: .milliseconds(500)
        )
        try await withServer(
            settings: settings,
            serve: { connection in
                for try await message in connection.inbound { try await connection.send(message) }
            }
        ) { port in
            try await WebSocketClient.connect(
                to: "ws://127.0.0.1:\(port)",
                trust: .system,
                settings: WebSocketSettings(pingInterval: nil),
                logger: logger
            ) { connection in
                try await connection.ping()
                try await connection.send(.text("still there"))
                var iterator = connection.inbound.makeAsyncIterator()
                #expect(try await iterator.next() == .text("still there"))
            }
        }
    }
}
