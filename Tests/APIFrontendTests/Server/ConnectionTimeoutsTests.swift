import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import APIFrontend

@Suite("A connection's time")
struct ConnectionTimeoutsTests {
    private let loop: EmbeddedEventLoop
    private let channel: EmbeddedChannel

    init() throws {
        loop = EmbeddedEventLoop()
        let limits = ConnectionPhase.Limits(
            idle: .seconds(10),
            arrival: .seconds(30),
            linger: .seconds(3)
        )
        channel = EmbeddedChannel(
            handler: ConnectionTimeouts(limits: limits, now: { [loop] in loop.now }),
            loop: loop
        )
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func ask(whole: Bool = true) throws {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        if whole { try channel.writeInbound(HTTPServerRequestPart.end(nil)) }
    }

    private func answer() throws {
        let head = HTTPResponseHead(version: .http1_1, status: .ok)
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    private func pass(_ seconds: Int64) { loop.advanceTime(by: .seconds(seconds)) }

    @Test func `an idle connection is closed when its time is over, and not before`() throws {
        pass(9)
        #expect(channel.isActive)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test func `each request gives it new time`() throws {
        for _ in 0..<5 {
            pass(9)
            try ask()
            try answer()
        }
        #expect(channel.isActive)
        pass(10)
        #expect(!channel.isActive)
    }

    @Test func `an operation may take as long as it takes`() throws {
        try ask()
        pass(1000)
        #expect(channel.isActive)
        try answer()
        pass(20)
        #expect(!channel.isActive)
    }

    @Test func `a request that trickles is closed when it should have arrived`() throws {
        try ask(whole: false)
        for _ in 0..<5 {
            pass(5)
            let piece = HTTPServerRequestPart.body(ByteBuffer(string: "x"))
            try channel.writeInbound(piece)
        }
        #expect(channel.isActive)
        pass(5)
        #expect(!channel.isActive)
    }

    @Test func `a request that stops half way is closed sooner`() throws {
        try ask(whole: false)
        pass(10)
        #expect(!channel.isActive)
    }

    @Test func `a peer that does not take its answer is let go`() throws {
        try ask()
        channel.isWritable = false
        pass(19)
        pass(1)
        #expect(!channel.isActive)
    }

    @Test func `when the server stops, an idle connection closes at once`() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!channel.isActive)
    }

    @Test func `when the server stops, a busy connection closes after its answer`() throws {
        try ask()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(channel.isActive)
        try answer()
        loop.run()
        #expect(!channel.isActive)
    }
}
