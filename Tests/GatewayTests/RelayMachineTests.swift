import FoundationEssentials
import Gateway
import NIOCore
import ServiceKit
import SessionWire
import Simulation
import Testing
import Vocabulary

@Suite("A relayed session")
struct RelayMachineTests {
    let agent = ConnectionID(number: 1)
    let client = ConnectionID(number: 2)
    let entropy = SeededEntropy()
    let start: Int64 = 1_767_323_045_000

    func relay(
        idle: TimeInterval? = 1200,
        maximum: TimeInterval? = nil,
        isNew: Bool = true
    ) throws -> RelayMachine {
        RelayMachine(
            RelayedSession(
                session: try SessionID(parsing: "alice-0123456789abcdef0"),
                node: try NodeID(parsing: "mi-0123456789abcdef0"),
                startedAt: Date(timeIntervalSince1970: Double(start) / 1000),
                idleTimeout: idle,
                maximumDuration: maximum
            ),
            isNew: isNew,
            now: start
        )
    }

    func message(
        _ type: MessageType,
        _ number: Int64 = 0,
        _ payloadType: PayloadType = .output,
        _ payload: [UInt8] = [1, 2, 3]
    ) throws -> (AgentMessageHeader, ByteBuffer) {
        let bytes = AgentMessage(
            type: type,
            createdDate: UInt64(start),
            sequenceNumber: number,
            id: MessageID(entropy: entropy),
            payloadType: payloadType,
            payload: payload
        ).encoded()
        return (try AgentMessageHeader(parsing: bytes), ByteBuffer(bytes: bytes))
    }

    /// Attaches and takes what was kept.
    func attach(
        _ side: RelayMachine.Side,
        _ id: ConnectionID,
        to relay: inout RelayMachine,
        now: Int64
    ) -> (actions: [RelayMachine.Action], kept: [ByteBuffer]) {
        let actions = relay.attached(side, id, now: now)
        var kept: [ByteBuffer] = []
        while let frame = relay.nextKept(for: side, id) { kept.append(frame) }
        return (actions, kept)
    }

    @Test(arguments: [RelayMachine.Side.agent, .client])
    func `takes its two ends in either order`(first: RelayMachine.Side) throws {
        var relay = try relay()
        let ids: [RelayMachine.Side: ConnectionID] = [.agent: agent, .client: client]
        for side in [first, first.other] {
            let id = try #require(ids[side])
            let actions = attach(side, id, to: &relay, now: start).actions
            let other = try #require(ids[side.other])
            #expect(actions == (side == first ? [] : [.startPublication(other), .recordConnected]))
        }
        let (output, outputFrame) = try message(.outputStreamData)
        let (input, inputFrame) = try message(.inputStreamData)
        let there = relay.received(from: .agent, agent, output, outputFrame, now: start)
        let back = relay.received(from: .client, client, input, inputFrame, now: start)
        #expect(there.0 == .forward(client))
        #expect(back.0 == .forward(agent))
    }

    @Test func `keeps one copy of each message for an end that is away, in order`() throws {
        var relay = try relay()
        _ = attach(.agent, agent, to: &relay, now: start)
        var sent: [ByteBuffer] = []
        for number in [Int64(0), 1, 2] {
            let (header, frame) = try message(.outputStreamData, number)
            sent.append(frame)
            for _ in 0..<5 {
                let routing = relay.received(from: .agent, agent, header, frame, now: start).0
                #expect(routing == .consumed)
            }
        }
        #expect(attach(.client, client, to: &relay, now: start).kept == sent)
    }

    @Test func `keeps no more than its limit`() throws {
        var buffer = RelayBuffer(limit: 1000)
        let (header, frame) = try message(
            .outputStreamData,
            0,
            .output,
            [UInt8](repeating: 1, count: 380)
        )
        let (next, nextFrame) = try message(
            .outputStreamData,
            1,
            .output,
            [UInt8](repeating: 1, count: 380)
        )
        let (last, lastFrame) = try message(.outputStreamData, 2)
        #expect(frame.readableBytes == 500)
        let kept = [
            buffer.keep(frame, header: header), buffer.keep(nextFrame, header: next),
            buffer.keep(lastFrame, header: last),
        ]
        #expect(kept == [true, true, false])
        let first = buffer.takeFirst()
        #expect(first == frame)
        let keptNow = buffer.keep(lastFrame, header: last)
        #expect(keptNow)
    }

    @Test func `acknowledgements are kept too, since a stock plugin sends none twice`() throws {
        var relay = try relay()
        _ = attach(.client, client, to: &relay, now: start)
        let (header, frame) = try message(.acknowledge, 0, .none, Array("{}".utf8))
        _ = relay.received(from: .client, client, header, frame, now: start)
        #expect(attach(.agent, agent, to: &relay, now: start).kept == [frame])
    }

    @Test func `a message that comes while kept ones are sent waits behind them`() throws {
        var relay = try relay()
        _ = attach(.agent, agent, to: &relay, now: start)
        let (first, firstFrame) = try message(.outputStreamData, 0)
        let (second, secondFrame) = try message(.outputStreamData, 1)
        _ = relay.received(from: .agent, agent, first, firstFrame, now: start)
        _ = relay.attached(.client, client, now: start)
        #expect(relay.nextKept(for: .client, client) == firstFrame)
        let routing = relay.received(from: .agent, agent, second, secondFrame, now: start).0
        #expect(routing == .consumed)
        #expect(relay.nextKept(for: .client, client) == secondFrame)
        #expect(relay.nextKept(for: .client, client) == nil)
    }

    @Test func `a node that opens no data channel is told again, and given up after 30 seconds`()
        throws
    {
        var relay = try relay()
        _ = attach(.client, client, to: &relay, now: start)
        var pushes = 0
        var now = start
        while now < start + 29_000 {
            now += 1000
            pushes += relay.tick(now: now).count { $0 == .pushStart }
        }
        #expect(pushes == 9)
        let end = relay.tick(now: start + 30_000)
        let sentence = "The node did not start the session within 30 seconds."
        #expect(
            end == [
                .recordEnding(SessionEnd(status: .failed, output: sentence)), .pushClosed,
                .channelClosed(client, output: sentence), .disconnect(client),
            ]
        )
    }

    @Test func `a node that was found after a restart is not told to start again`() throws {
        var relay = try relay(isNew: false)
        #expect(relay.tick(now: start + 14_000).isEmpty)
        let sentence =
            "The connection to the node was lost: its agent did not come back within 15 seconds."
        #expect(
            relay.tick(now: start + 15_000) == [
                .recordEnding(SessionEnd(status: .failed, output: sentence)), .pushClosed,
            ]
        )
    }

    @Test func `one that is found just before it is started counts as new`() throws {
        var relay = try relay(isNew: false)
        relay.started(now: start + 1000)
        #expect(relay.tick(now: start + 4000) == [.pushStart])
        let sentence = "The node did not start the session within 30 seconds."
        let end = SessionEnd(status: .failed, output: sentence)
        #expect(relay.tick(now: start + 31_000).first == .recordEnding(end))
    }

    @Test func `a node's end that does not come back ends the session with the reason`() throws {
        var relay = try relay()
        _ = attach(.agent, agent, to: &relay, now: start)
        _ = attach(.client, client, to: &relay, now: start)
        #expect(relay.detached(.agent, agent, now: start + 1000).isEmpty)
        #expect(relay.tick(now: start + 3000) == [.pausePublication(client)])
        #expect(relay.tick(now: start + 4000).isEmpty)
        let actions = relay.tick(now: start + 16_000)
        #expect(
            actions.contains(
                .channelClosed(
                    client,
                    output: "The connection to the node was lost: its agent did not come back "
                        + "within 15 seconds."
                )
            )
        )
        #expect(relay.tick(now: start + 75_000).isEmpty)
        let over = relay.tick(now: start + 76_000)
        guard case .recordEnded(let end) = over.first else {
            Issue.record("not ended: \(over)")
            return
        }
        #expect(end.status == .failed)
        #expect(over.last == .forget)
    }

    @Test func `a person who comes back takes up the session, and the older end is let go`() throws
    {
        var relay = try relay()
        _ = attach(.agent, agent, to: &relay, now: start)
        _ = attach(.client, client, to: &relay, now: start)
        let newer = ConnectionID(number: 3)
        let actions = attach(.client, newer, to: &relay, now: start).actions
        #expect(
            actions == [
                .channelClosed(client, output: "This session is continued by another client."),
                .disconnect(client), .startPublication(agent), .recordConnected,
            ]
        )
        #expect(relay.detached(.client, client, now: start).isEmpty, "the old one's end is no news")
        #expect(relay.connection(.client) == newer)
        #expect(relay.detached(.client, newer, now: start) == [.recordDisconnected])
    }

    @Test
    func `an agent is paused while nobody is attached, but not one whose command it would end`()
        throws
    {
        var relay = try relay()
        _ = attach(.agent, agent, to: &relay, now: start)
        #expect(relay.tick(now: start + 1999).isEmpty)
        #expect(relay.tick(now: start + 2000) == [.pausePublication(agent)])
        #expect(
            attach(.client, client, to: &relay, now: start).actions.first
                == .startPublication(agent)
        )

        var command = try self.relay()
        _ = attach(.agent, agent, to: &command, now: start)
        let request = HandshakeRequest(
            agentVersion: "3.3",
            requestedActions: [
                .init(
                    type: HandshakeAction.sessionType,
                    parameters: .object(["SessionType": .string("NonInteractiveCommands")])
                )
            ]
        )
        let (header, frame) = try message(.outputStreamData, 0, .handshakeRequest, request.json())
        _ = command.received(
            from: .agent,
            agent,
            header,
            frame,
            contents: FrameContents(frame, header),
            now: start
        )
        #expect(command.tick(now: start + 10_000).isEmpty)
    }
}
