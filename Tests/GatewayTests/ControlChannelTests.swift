import FoundationEssentials
import Gateway
import ServiceKit
import SessionWire
import Simulation
import Testing
import Vocabulary
import WebSocketTransport

@Suite("A control channel")
struct ControlChannelTests {
    let bench: GatewayBench

    init() throws { bench = try GatewayBench() }

    func isConnected() async -> Bool {
        await bench.registry.isConnected(bench.node, in: bench.scope)
    }

    var sessionStart: SessionStart {
        SessionStart(session: bench.session, node: bench.node, content: #"{"SessionId":"s"}"#)
    }

    @Test func `makes its node connected, until it closes`() async throws {
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            #expect(
                await eventually { await bench.directory.events == [.nodeConnected("3.3.0.0")] }
            )
            await channel.close()
            #expect(await eventually { await bench.directory.events.last == .nodeDisconnected })
            #expect(await !isConnected())
        }
    }

    @Test func `the newest one of a node takes the place of the older`() async throws {
        try await bench.serving { group in
            let older = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            let newer = try await bench.openControl(in: &group)
            #expect(try await older.next() == nil, "the older one is closed")
            #expect(await isConnected())
            #expect(await bench.registry.start(sessionStart, in: bench.scope))
            #expect(try await newer.next()?.type == .interactiveShell)
        }
    }

    @Test func `carries a session's start as JSON text inside JSON`() async throws {
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            #expect(await bench.registry.start(sessionStart, in: bench.scope))
            let message = try #require(try await channel.next())
            let shell = try #require(InteractiveShell(json: message.payload))
            #expect(shell.content == #"{"SessionId":"s"}"#)
            #expect(shell.taskID == bench.session.description)
        }
    }

    @Test func `a session cannot be started on a node that is not connected`() async throws {
        #expect(await !bench.registry.start(sessionStart, in: bench.scope))
    }

    @Test func `a node that stays silent is told of its session again`() async throws {
        await bench.directory.add(bench.relayed())
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            #expect(await bench.registry.start(sessionStart, in: bench.scope))
            await bench.gateway.sweep()
            bench.clock.advance(by: 4)
            await bench.gateway.sweep()
            let (first, second) = (try await channel.next(), try await channel.next())
            #expect(first?.type == .interactiveShell)
            #expect(second?.payload == first?.payload)
            bench.clock.advance(by: 30)
            await bench.gateway.sweep()
            let closed = try #require(try await channel.next())
            #expect(ChannelClosed(json: closed.payload)?.sessionID == bench.session.description)
        }
    }

    @Test func `two reports of one end are acknowledged each, and recorded once`() async throws {
        await bench.directory.add(bench.relayed())
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            for number in 1...2 {
                let complete = AgentTaskComplete(
                    taskID: bench.session.description,
                    finalTaskStatus: "Failed",
                    instanceID: bench.node.description,
                    output: "no \(number)"
                )
                let message = bench.message(.agentTaskComplete, 0, .none, complete.json())
                try await channel.send(message)
                let answer = try #require(try await channel.next())
                let acknowledge = try #require(AgentTaskAcknowledge(json: answer.payload))
                #expect(answer.type == .agentTaskAcknowledge)
                #expect(acknowledge.messageID == message.id.description)
            }
            let end = SessionEnd(status: .failed, output: "no 1")
            #expect(await eventually { await bench.directory.events.last == .ended(end) })
            #expect(await bench.directory.events.count == 2)
        }
    }

    @Test
    func
        `an end is in the directory before its report is acknowledged, however slow the person's end is`()
        async throws
    {
        await bench.directory.add(bench.relayed())
        try await bench.serving { group in
            let control = try await bench.openControl(in: &group)
            let (agent, client) = try await bench.openBoth(in: &group)
            // The client does not read: its goodbye waits until the gateway loses patience.
            try await bench.fill(client, from: agent, in: &group)
            let report = bench.completion(.terminated)
            try await control.send(report)
            #expect(try await control.next()?.type == .agentTaskAcknowledge)
            #expect(await bench.directory.events.last == .ended(SessionEnd(status: .terminated)))
        }
    }

    @Test
    func
        `an end that the store refuses is written down when it takes it again, and then acknowledged`()
        async throws
    {
        await bench.directory.add(bench.relayed())
        await bench.directory.refuseEnds(true)
        try await bench.serving { group in
            let control = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            let report = bench.completion(.failed)
            try await control.send(report)
            #expect(await eventually { bench.unrecordedEnd != nil })
            await bench.gateway.sweep()
            #expect(bench.unrecordedEnd != nil)
            // Until it is written down, the directory has it as live, and it is over all the same.
            let agent = try await bench.openAgent(in: &group)
            #expect(try await agent.next()?.type == .channelClosed)

            await bench.directory.refuseEnds(false)
            await bench.gateway.sweep()
            #expect(bench.unrecordedEnd == nil)
            #expect(await bench.directory.events.last == .ended(SessionEnd(status: .failed)))
            try await control.send(report)
            // The first report was answered by nothing but the session's end to the node that came back to it.
            #expect(try await control.next()?.type == .channelClosed)
            #expect(try await control.next()?.type == .agentTaskAcknowledge)
        }
    }

    @Test func `a node that reports again is heard before the next try`() async throws {
        await bench.directory.add(bench.relayed())
        await bench.directory.refuseEnds(true)
        try await bench.serving { group in
            let control = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            try await control.send(bench.completion(.terminated))
            #expect(await eventually { bench.unrecordedEnd != nil })
            await bench.directory.refuseEnds(false)
            try await control.send(bench.completion(.failed))
            #expect(try await control.next()?.type == .agentTaskAcknowledge)
            // The first report is what happened.
            #expect(await bench.directory.events.last == .ended(SessionEnd(status: .terminated)))
        }
    }

    @Test func `a node cannot end another node's session`() async throws {
        let other = try NodeID(parsing: "mi-fffffffffffffffff")
        await bench.directory.add(
            RelayedSession(
                session: bench.session,
                node: other,
                startedAt: bench.clock.now(),
                idleTimeout: nil,
                maximumDuration: nil
            )
        )
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            let complete = AgentTaskComplete(
                taskID: bench.session.description,
                finalTaskStatus: "Success",
                instanceID: other.description
            )
            try await channel.send(bench.message(.agentTaskComplete, 0, .none, complete.json()))
            #expect(try await channel.next()?.type == .agentTaskAcknowledge)
            // The next message is answered after the first was dealt with.
            try await channel.send(bench.message(.agentTaskComplete, 0, .none, complete.json()))
            #expect(try await channel.next()?.type == .agentTaskAcknowledge)
            #expect(await bench.directory.events == [.nodeConnected("3.3.0.0")])
        }
    }

    @Test func `bytes that are no message close the channel, and nobody else's`() async throws {
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            try await channel.send(.text("not a message"))
            #expect(try await channel.next() == nil)
            #expect(await eventually { await !isConnected() })
            _ = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
        }
    }

    @Test func `a node that is deregistered loses its channel`() async throws {
        try await bench.serving { group in
            let channel = try await bench.openControl(in: &group)
            #expect(await eventually { await isConnected() })
            await bench.registry.disconnect(bench.node, in: bench.scope)
            #expect(try await channel.next() == nil)
            #expect(await !isConnected())
        }
    }
}
