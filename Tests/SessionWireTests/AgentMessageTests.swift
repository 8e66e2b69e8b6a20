import Crypto
import FoundationEssentials
import SessionWire
import Testing
import Vocabulary

@Suite("The binary message")
struct AgentMessageTests {
    let message = AgentMessage(
        type: .outputStreamData,
        createdDate: 1_767_323_045_000,
        sequenceNumber: 7,
        flags: .syn,
        id: MessageID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF),
        payloadType: .output,
        payload: Array("hello".utf8)
    )

    /// Written down byte by byte from section 4 of the protocol, the UUID example included.
    static let vector =
        "00000074" + "6f75747075745f73747265616d5f64617461" + String(repeating: "20", count: 14)
        + "00000001" + "0000019b7ca98c88" + "0000000000000007" + "0000000000000001"
        + "8899aabbccddeeff0011223344556677"
        + "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        + "00000001" + "00000005" + "68656c6c6f"

    @Test func `is written as the protocol has it, with the halves of its UUID swapped`() {
        #expect(message.encoded().hex == Self.vector)
        #expect(message.id.description == "00112233-4455-6677-8899-aabbccddeeff")
    }

    @Test(arguments: [0, 1, 1024, 1052, Limits.agentMessageBytes - 120])
    func `comes back as it went`(payloadLength: Int) throws {
        var original = message
        original.payload = (0..<payloadLength).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try AgentMessage(parsing: original.encoded()) == original)
    }

    @Test func `is refused when it is one byte too large`() throws {
        var original = message
        original.payload = [UInt8](repeating: 0, count: Limits.agentMessageBytes - 119)
        #expect(throws: MalformedMessage.tooLarge(Limits.agentMessageBytes + 1)) {
            try AgentMessage(parsing: original.encoded())
        }
    }

    @Test func `is refused when it is cut short, at every byte`() {
        let whole = message.encoded()
        for count in whole.indices {
            #expect(throws: MalformedMessage.self) {
                try AgentMessage(parsing: Array(whole.prefix(count)))
            }
        }
        #expect(throws: MalformedMessage.payloadLength(announced: 5, found: 6)) {
            try AgentMessage(parsing: whole + [0])
        }
    }

    @Test func `with one bit flipped is refused or another message, never other bytes`() {
        let whole = message.encoded()
        for bit in 0..<whole.count * 8 {
            var flipped = whole
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let read = try? AgentMessage(parsing: flipped) else { continue }
            #expect(read.payload == message.payload, "bit \(bit)")
            // The padding of the type may be white space of another kind.
            if read == message { #expect((22..<36).contains(bit / 8), "bit \(bit)") }
        }
    }

    @Test(arguments: [
        (0, [0, 0, 0, 117], MalformedMessage.headerLength(117)),
        (0, [0, 0, 0, 0], .headerLength(0)),
        (4, [UInt8](repeating: 0x20, count: 32), .messageType),
        (4, [0xFF], .messageType),
        (36, [0, 0, 0, 2], .schemaVersion(2)),
        (40, [UInt8](repeating: 0, count: 8), .createdDate),
        (48, [0x80], .sequenceNumber(Int64.min + 7)),
        (80, [0], .digest),
        (120, [0], .digest),
    ])
    func `says what is wrong with it`(offset: Int, bytes: [UInt8], error: MalformedMessage) {
        var broken = message.encoded()
        broken.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        #expect(throws: error) { try AgentMessage(parsing: broken) }
    }

    @Test(arguments: [
        "interactive_shell", "agent_task_complete", "agent_task_acknowledge", "acknowledge",
        "agent_session_state", "channel_closed", "output_stream_data", "input_stream_data",
        "pause_publication", "start_publication", "agent_telemetry", "agent_job", "new_thing",
    ])
    func `keeps its type, known or not`(text: String) throws {
        var original = message
        original.type = MessageType(text)
        #expect(original.type.description == text)
        #expect(try AgentMessage(parsing: original.encoded()).type == original.type)
    }

    @Test func `may pad its type with NULs and white space, as stock readers allow`() throws {
        var bytes = message.encoded()
        bytes.replaceSubrange(22..<36, with: [0x20, 0x0A] + [UInt8](repeating: 0, count: 12))
        #expect(try AgentMessage(parsing: bytes).type == .outputStreamData)
    }

    @Test func `keeps its payload type, known or not`() {
        for number: UInt32 in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, .max] {
            #expect(PayloadType(number).number == number)
        }
    }

    @Test(arguments: [
        "", "00112233-4455-6677-8899-aabbccddeef", "00112233+4455-6677-8899-aabbccddeeff",
    ])
    func `has an id of 36 characters`(text: String) {
        #expect(throws: InvalidIdentifier.self) { try MessageID(parsing: text) }
    }

    @Test func `reads its id in either case`() throws {
        let id = try MessageID(parsing: "00112233-4455-6677-8899-AABBCCDDEEFF")
        #expect(id == message.id)
    }
}

extension [UInt8] {
    var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
