import NIOCore
import Testing

@testable import WebSocketTransport

@Suite("A connection in memory", .timeLimit(.minutes(1)))
struct MemoryPairTests {
    @Test func `messages arrive in order, both ways`() async throws {
        let (left, right) = WebSocketConnection.pair()
        for number in 0..<100 {
            try await left.send(.text("\(number)"))
            try await right.send(.binary(ByteBuffer(bytes: [UInt8(number)])))
        }
        var atRight = right.inbound.makeAsyncIterator()
        var atLeft = left.inbound.makeAsyncIterator()
        for number in 0..<100 {
            #expect(try await atRight.next() == .text("\(number)"))
            #expect(try await atLeft.next() == .binary(ByteBuffer(bytes: [UInt8(number)])))
        }
    }

    @Test func `what was sent before closing is still read`() async throws {
        let (left, right) = WebSocketConnection.pair()
        try await left.send(.text("last"))
        await left.close()
        var iterator = right.inbound.makeAsyncIterator()
        #expect(try await iterator.next() == .text("last"))
        #expect(try await iterator.next() == nil)
        await #expect(throws: WebSocketError.closed) { try await right.send(.text("late")) }
    }

    @Test func `a sender waits while the other end does not read`() async throws {
        let (left, right) = WebSocketConnection.pair(bufferBytes: 1000)
        try await left.send(.binary(ByteBuffer(repeating: 1, count: 900)))
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await left.send(.text("second")) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        var iterator = right.inbound.makeAsyncIterator()
        #expect(try await iterator.next()?.byteCount == 900)
        try await left.send(.text("third"))
        #expect(try await iterator.next() == .text("third"))
    }

    @Test func `a reader that is cancelled loses nothing`() async throws {
        let (left, right) = WebSocketConnection.pair()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var iterator = right.inbound.makeAsyncIterator()
                _ = try await iterator.next()
            }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        try await left.send(.text("kept"))
        var iterator = right.inbound.makeAsyncIterator()
        #expect(try await iterator.next() == .text("kept"))
    }

    @Test func `a message larger than a frame is refused`() async {
        let (left, _) = WebSocketConnection.pair()
        let bytes = ByteBuffer(repeating: 0, count: 1 << 18 + 1)
        await #expect(throws: WebSocketError.messageTooLarge(bytes.readableBytes)) {
            try await left.send(.binary(bytes))
        }
    }
}
