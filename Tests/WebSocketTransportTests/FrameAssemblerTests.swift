import NIOCore
import NIOWebSocket
import Testing

@testable import WebSocketTransport

private func frame(
    _ opcode: WebSocketOpcode,
    _ payload: [UInt8] = [],
    fin: Bool = true,
    masked: Bool = true,
    rsv1: Bool = false
) -> WebSocketFrame {
    var data = ByteBuffer(bytes: payload)
    let key: WebSocketMaskingKey = [1, 2, 3, 4]
    if masked { data.webSocketMask(key) }
    return WebSocketFrame(
        fin: fin,
        rsv1: rsv1,
        opcode: opcode,
        maskKey: masked ? key : nil,
        data: data
    )
}

@Suite("A frame of the peer")
struct FrameAssemblerTests {
    private var server = FrameAssembler(role: .server, messageBytes: 10)

    @Test mutating func `a whole message is delivered unmasked`() {
        #expect(server.received(frame(.text, Array("hé".utf8))) == .message(.text("hé")))
        #expect(
            server.received(frame(.binary, [0, 255]))
                == .message(.binary(ByteBuffer(bytes: [0, 255])))
        )
    }

    @Test mutating func `fragments are joined, with pings between them answered`() {
        #expect(server.received(frame(.text, [0x68], fin: false)) == .nothing)
        #expect(server.received(frame(.ping, [9])) == .answerPing(ByteBuffer(bytes: [9])))
        #expect(server.received(frame(.continuation, [0xC3], fin: false)) == .nothing)
        #expect(server.received(frame(.continuation, [0xA9])) == .message(.text("hé")))
        #expect(server.received(frame(.text, [0x61])) == .message(.text("a")))
    }

    @Test mutating func `the largest message goes through and one byte more does not`() {
        let most = [UInt8](repeating: 1, count: 10)
        #expect(server.received(frame(.binary, most)) == .message(.binary(ByteBuffer(bytes: most))))
        #expect(server.received(frame(.binary, most, fin: false)) == .nothing)
        #expect(
            server.received(frame(.continuation, [1]))
                == .breach(.messageTooLarge, "a message of more than 10 bytes")
        )
        var other = FrameAssembler(role: .server, messageBytes: 10)
        #expect(
            other.received(frame(.binary, most + [1]))
                == .breach(.messageTooLarge, "a message of more than 10 bytes")
        )
    }

    @Test mutating func `empty fragments cannot go on for ever`() {
        #expect(server.received(frame(.binary, fin: false)) == .nothing)
        var outcome = FrameAssembler.Outcome.nothing
        var count = 1
        while outcome == .nothing, count < 10_000 {
            outcome = server.received(frame(.continuation, fin: false))
            count += 1
        }
        #expect(outcome == .breach(.messageTooLarge, "a message of more than 10 bytes"))
    }

    @Test(arguments: [
        (frame(.binary, [1], masked: false), "an unmasked frame of a client"),
        (frame(.binary, [1], rsv1: true), "a reserved bit is set"),
        (frame(.continuation, [1]), "a continuation of nothing"),
        (
            frame(WebSocketOpcode(encodedWebSocketOpcode: 3) ?? .ping, [1]),
            "an unknown kind of frame"
        ),
        (frame(.connectionClose, [3]), "a malformed close frame"),
        (frame(.connectionClose, [0x03, 0xED]), "a malformed close frame"),
        (frame(.connectionClose, [0x03, 0xE8, 0xFF]), "a malformed close frame"),
    ])
    func `a breach is answered as a protocol error`(frame: WebSocketFrame, what: String) {
        var server = FrameAssembler(role: .server, messageBytes: 10)
        #expect(server.received(frame) == .breach(.protocolError, what))
    }

    @Test mutating func `a new message inside a fragmented one is a breach`() {
        _ = server.received(frame(.text, fin: false))
        #expect(
            server.received(frame(.binary, [1]))
                == .breach(.protocolError, "a new message inside a fragmented one")
        )
    }

    @Test mutating func `text that is not UTF-8 is told with its own code`() {
        #expect(
            server.received(frame(.text, [0xC3]))
                == .breach(.invalidText, "a text message that is not UTF-8")
        )
    }

    @Test func `a client takes no masked frames`() {
        var client = FrameAssembler(role: .client, messageBytes: 10)
        #expect(
            client.received(frame(.binary, [1]))
                == .breach(.protocolError, "a masked frame of a server")
        )
    }

    @Test(
        arguments: [
            ([], nil), ([0x03, 0xE8], WebSocketCloseCode.normal), ([0x03, 0xE9, 0x62], .goingAway),
            ([0x0F, 0xA0], WebSocketCloseCode(rawValue: 4000)),
        ] as [([UInt8], WebSocketCloseCode?)]
    )
    func `a close frame says why, or nothing`(payload: [UInt8], code: WebSocketCloseCode?) {
        var server = FrameAssembler(role: .server, messageBytes: 10)
        #expect(server.received(frame(.connectionClose, payload)) == .close(code))
    }
}
