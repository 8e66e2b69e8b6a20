import FoundationEssentials
import Gateway
import NIOCore
import ServiceKit
import SessionWire
import Testing
import Vocabulary

@Suite("The end of a relayed session")
struct SessionLimitTests {
    let base = RelayMachineTests()
    var start: Int64 { base.start }
    var agent: ConnectionID { base.agent }
    var client: ConnectionID { base.client }

    func attached(
        idle: TimeInterval? = nil,
        maximum: TimeInterval? = nil
    ) throws -> RelayMachine {
        var relay = try base.relay(idle: idle, maximum: maximum)
        _ = base.attach(.agent, agent, to: &relay, now: start)
        _ = base.attach(.client, client, to: &relay, now: start)
        return relay
    }

    /// What the client sent after nine minutes, and whether that kept a session of ten minutes' idle time.
    enum Traffic: CaseIterable {
        case typed, resized, sentAgain, acknowledged, output, none

        var isActivity: Bool { self == .typed || self == .resized }
    }

    @Test(arguments: Traffic.allCases)
    func `only what a person does keeps it from being idle`(traffic: Traffic) throws {
        var relay = try attached(idle: 600)
        let (typed, typedFrame) = try base.message(.inputStreamData, 0)
        _ = relay.received(from: .client, client, typed, typedFrame, now: start)
        let later = start + 540_000
        switch traffic {
        case .typed:
            let (header, frame) = try base.message(.inputStreamData, 1)
            _ = relay.received(from: .client, client, header, frame, now: later)
        case .resized:
            let (header, frame) = try base.message(.inputStreamData, 1, .size)
            _ = relay.received(from: .client, client, header, frame, now: later)
        case .sentAgain:
            _ = relay.received(from: .client, client, typed, typedFrame, now: later)
        case .acknowledged:
            let (header, frame) = try base.message(.acknowledge, 0, .none)
            _ = relay.received(from: .client, client, header, frame, now: later)
        case .output:
            let (header, frame) = try base.message(.outputStreamData, 1)
            _ = relay.received(from: .agent, agent, header, frame, now: later)
        case .none:
            break
        }
        #expect(relay.tick(now: start + 599_999).isEmpty)
        let actions = relay.tick(now: start + 600_000)
        #expect(actions.isEmpty == traffic.isActivity)
        guard !traffic.isActivity else { return }
        let sentence =
            "The session was ended: there was no activity for 10 minutes, the idle session timeout."
        #expect(
            actions == [
                .recordEnding(SessionEnd(status: .terminated, output: sentence)), .pushClosed,
                .channelClosed(agent, output: ""), .channelClosed(client, output: sentence),
                .disconnect(client),
            ]
        )
    }

    @Test(arguments: [
        ([1, 1, 0, 0, 3, 0, 0, 0], true),
        ([1, 3, 0, 0, 0, 0, 0, 0], false),
    ])
    func `a forwarded port's keep-alive is no activity`(payload: [Int], isActivity: Bool) throws {
        var relay = try attached(idle: 600)
        let request = HandshakeRequest(
            agentVersion: "3.3",
            requestedActions: [
                .init(
                    type: HandshakeAction.sessionType,
                    parameters: .object(["SessionType": .string("Port")])
                )
            ]
        )
        let (asked, askedFrame) = try base.message(
            .outputStreamData,
            0,
            .handshakeRequest,
            request.json()
        )
        _ = relay.received(
            from: .agent,
            agent,
            asked,
            askedFrame,
            contents: FrameContents(askedFrame, asked),
            now: start
        )
        let (header, frame) = try base.message(
            .outputStreamData,
            1,
            .output,
            payload.map(UInt8.init)
        )
        _ = relay.received(from: .agent, agent, header, frame, now: start + 1000)
        #expect(relay.tick(now: start + 600_500).isEmpty == isActivity)
    }

    @Test func `it lasts no longer than the preferences allow, however busy`() throws {
        var relay = try attached(idle: 600, maximum: 3600)
        var now = start
        for number in Int64(0)..<59 {
            now += 60_000
            let (header, frame) = try base.message(.inputStreamData, number)
            _ = relay.received(from: .client, client, header, frame, now: now)
            #expect(relay.tick(now: now).isEmpty)
        }
        #expect(relay.tick(now: start + 3_599_999).isEmpty)
        #expect(
            relay.tick(now: start + 3_600_000).contains(
                .channelClosed(
                    client,
                    output: "The session was ended: it reached the maximum session duration of "
                        + "60 minutes."
                )
            )
        )
    }

    @Test func `without an idle timeout an abandoned session ends after 20 minutes`() throws {
        var relay = try attached()
        #expect(relay.tick(now: start + 7_200_000).isEmpty)
        _ = relay.detached(.client, client, now: start + 7_200_000)
        #expect(relay.tick(now: start + 7_200_000 + 1_199_999) == [.pausePublication(agent)])
        let sentence = "The session was ended: nobody was attached for 20 minutes."
        let end = SessionEnd(status: .terminated, output: sentence)
        #expect(relay.tick(now: start + 7_200_000 + 1_200_000).first == .recordEnding(end))
    }

    @Test func `a node that says it is ending lets the person go at once, when that is recorded`()
        throws
    {
        var relay = try attached()
        let state = AgentSessionState(state: AgentSessionState.terminating, sessionID: "s")
        let (header, frame) = try base.message(.agentSessionState, 0, .none, state.json())
        let (routing, actions) = relay.received(
            from: .agent,
            agent,
            header,
            frame,
            contents: FrameContents(frame, header),
            now: start
        )
        #expect(routing == .consumed)
        #expect(
            actions == [
                .recordEnding(SessionEnd(status: .terminated)), .channelClosed(client, output: ""),
                .disconnect(client),
            ]
        )
        let end = SessionEnd(status: .terminated, logGroup: "g", logStream: "s")
        #expect(relay.completed(end) == [.recordEnded(end), .disconnect(agent), .forget])
        #expect(relay.completed(end).isEmpty, "the second report is no news")
    }

    @Test func `a failure that the node reports is what the person reads`() throws {
        var relay = try attached()
        let end = SessionEnd(status: .failed, output: "We couldn't start the session")
        #expect(
            relay.completed(end) == [
                .recordEnded(end), .channelClosed(client, output: "We couldn't start the session"),
                .disconnect(client), .disconnect(agent), .forget,
            ]
        )
    }

    @Test func `when we ended it, our sentence stands and the node adds where the log is`() throws {
        var relay = try attached()
        _ = relay.close(SessionEnd(status: .terminated, output: "Over."), now: start)
        let actions = relay.completed(
            SessionEnd(status: .failed, output: "killed", logGroup: "g", logStream: "s")
        )
        let end = SessionEnd(status: .terminated, output: "Over.", logGroup: "g", logStream: "s")
        #expect(actions == [.recordEnded(end), .disconnect(agent), .forget])
    }

    @Test func `an end that comes to a session that is ending is sent away`() throws {
        var relay = try attached()
        _ = relay.close(SessionEnd(status: .terminated), now: start)
        let newcomer = ConnectionID(number: 9)
        #expect(
            relay.attached(.agent, newcomer, now: start) == [
                .pushClosed, .channelClosed(newcomer, output: ""), .disconnect(newcomer),
            ]
        )
    }

    @Test(arguments: [MessageType.channelClosed, .startPublication, .unknown("agent_job")])
    func `an end cannot speak to the other in the gateway's name`(type: MessageType) throws {
        var relay = try attached()
        let (header, frame) = try base.message(type, 0, .none, Array("{}".utf8))
        let results = [
            relay.received(from: .client, client, header, frame, now: start),
            relay.received(from: .agent, agent, header, frame, now: start),
        ]
        #expect(results.allSatisfy { $0 == (.consumed, []) })
    }

    @Test func `input cannot be sent as output, nor output as input`() throws {
        var relay = try attached()
        let (output, outputFrame) = try base.message(.outputStreamData)
        #expect(
            relay.received(from: .client, client, output, outputFrame, now: start) == (
                .consumed, []
            )
        )
    }
}
