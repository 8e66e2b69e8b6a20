import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import WebSocketTransport

/// A server's end in a channel without a socket, whose time stands still until it is moved.
private struct Bench {
    let channel = EmbeddedChannel()
    let connection: WebSocketConnection

    init(_ settings: WebSocketSettings = WebSocketSettings()) throws {
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        connection = try .accepting(channel, settings: settings)
    }

    func receive(_ opcode: WebSocketOpcode, _ payload: [UInt8] = [], masked: Bool = true) throws {
        var data = ByteBuffer(bytes: payload)
        let key: WebSocketMaskingKey = [9, 8, 7, 6]
        if masked { data.webSocketMask(key) }
        try channel.writeInbound(
            WebSocketFrame(fin: true, opcode: opcode, maskKey: masked ? key : nil, data: data)
        )
    }

    func sent() throws -> WebSocketFrame? { try channel.readOutbound(as: WebSocketFrame.self) }
}

@Suite("The handler of a connection", .timeLimit(.minutes(1)))
struct WebSocketHandlerTests {
    @Test func `a ping is answered with its own bytes`() throws {
        let bench = try Bench()
        try bench.receive(.ping, [1, 2, 3])
        let pong = try #require(try bench.sent())
        #expect(pong.opcode == .pong)
        #expect(pong.data == ByteBuffer(bytes: [1, 2, 3]))
        #expect(pong.maskKey == nil)
    }

    @Test(
        arguments: [
            (false, WebSocketOpcode.binary, [1], UInt16(1002)), (true, .continuation, [1], 1002),
            (true, .text, [0xFF], 1007), (true, .binary, [UInt8](repeating: 0, count: 101), 1009),
        ] as [(Bool, WebSocketOpcode, [UInt8], UInt16)]
    )
    func `a breach closes with its code and ends the messages with an error`(
        masked: Bool,
        opcode: WebSocketOpcode,
        payload: [UInt8],
        code: UInt16
    ) async throws {
        let bench = try Bench(WebSocketSettings(messageBytes: 100))
        try bench.receive(opcode, payload, masked: masked)
        var close = try #require(try bench.sent())
        #expect(close.opcode == .connectionClose)
        #expect(close.data.readInteger(as: UInt16.self) == code)
        #expect(!bench.channel.isActive)
        var iterator = bench.connection.inbound.makeAsyncIterator()
        await #expect(throws: WebSocketError.self) { try await iterator.next() }
    }

    @Test func `a frame larger than allowed is answered with 1009`() throws {
        let bench = try Bench()
        bench.channel.pipeline.fireErrorCaught(NIOWebSocketError.invalidFrameLength)
        var close = try #require(try bench.sent())
        #expect(close.data.readInteger(as: UInt16.self) == 1009)
        #expect(!bench.channel.isActive)
    }

    @Test func `a peer that says nothing after a ping is gone`() async throws {
        let bench = try Bench(WebSocketSettings(pingInterval: .seconds(10), silence: .seconds(5)))
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(try bench.sent()?.opcode == .ping)
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(!bench.channel.isActive)
        var iterator = bench.connection.inbound.makeAsyncIterator()
        await #expect(throws: WebSocketError.peerSilent) { try await iterator.next() }
    }

    @Test func `a closing side does not wait for ever`() throws {
        let bench = try Bench()
        bench.channel.triggerUserOutboundEvent(
            WebSocketHandler.Request.close(.normal, String(repeating: "é", count: 100)),
            promise: nil
        )
        let close = try #require(try bench.sent())
        #expect(close.opcode == .connectionClose)
        #expect(close.data.readableBytes == 124)
        #expect(bench.channel.isActive)
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!bench.channel.isActive)
    }

    @Test func `the socket is not read while the reader has enough, and then again`() async throws {
        let bench = try Bench(WebSocketSettings(inboundBytes: 200))
        let reads = ReadCounter()
        try bench.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        try bench.receive(.binary, [UInt8](repeating: 0, count: 200))
        let before = reads.count
        bench.channel.read()
        #expect(reads.count == before)
        var iterator = bench.connection.inbound.makeAsyncIterator()
        _ = try await iterator.next()
        bench.channel.embeddedEventLoop.run()
        #expect(reads.count == before + 1)
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
