import FoundationEssentials
import Gateway
import ServiceKit
import SessionWire
import Simulation
import Testing
import Vocabulary
import WebSocketTransport

@Suite("A session through the gateway", .timeLimit(.minutes(1)))
struct SessionTests {
    let bench: GatewayBench

    init() throws { bench = try GatewayBench() }

    @Test(arguments: [nil, "alias/sessions"], [true, false])
    func `runs from the first key to the exit status`(kmsKeyID: String?, agentFirst: Bool)
        async throws
    {
        await bench.directory.add(bench.relayed())
        let agent = ShoutingAgent(bench: bench, kmsKeyID: kmsKeyID)
        let client = ListeningClient(bench: bench)
        try await bench.serving { group in
            var agentEnd: WebSocketConnection?
            if agentFirst { agentEnd = try await bench.openAgent(in: &group) }
            let clientEnd = try await bench.openClient(in: &group)
            let nodeEnd: WebSocketConnection
            if let agentEnd {
                nodeEnd = agentEnd
            } else {
                nodeEnd = try await bench.openAgent(in: &group)
            }
            group.addTask { try? await agent.run(on: nodeEnd) }
            group.addTask { try? await client.run(on: clientEnd) }
            #expect(await eventually { client.agreement != nil })
            #expect(client.agreement?.isEncrypted == (kmsKeyID != nil))
            try await client.type("hello", on: clientEnd)
            #expect(await eventually { client.output == "HELLO" })
            try await client.type("exit", on: clientEnd)
            #expect(await eventually { client.closed == "" })
            #expect(client.output == "HELLOEXIT")
            #expect(client.exitCode == 7)
            #expect(agent.isFinished)
            let ending = TestDirectory.Event.ending(SessionEnd(status: .terminated))
            #expect(await bench.directory.events == [.connected, ending])
        }
    }

    @Test func `survives the loss of either connection without losing a byte`() async throws {
        await bench.directory.add(bench.relayed())
        let agent = ShoutingAgent(bench: bench, kmsKeyID: "alias/sessions")
        let client = ListeningClient(bench: bench)
        try await bench.serving { group in
            var agentEnd = try await bench.openAgent(in: &group)
            var clientEnd = try await bench.openClient(in: &group)
            var running = agentEnd
            group.addTask { [running] in try? await agent.run(on: running) }
            running = clientEnd
            group.addTask { [running] in try? await client.run(on: running) }
            #expect(await eventually { client.agreement != nil })
            var expected = ""
            for round in 0..<6 {
                try await client.type("round \(round) ", on: clientEnd)
                expected += "ROUND \(round) "
                if round.isMultiple(of: 2) {
                    await agentEnd.close()
                    agentEnd = try await bench.openAgent(in: &group)
                    let again = agentEnd
                    group.addTask { try? await agent.run(on: again) }
                } else {
                    await clientEnd.close()
                    clientEnd = try await bench.openClient(in: &group)
                    let again = clientEnd
                    group.addTask { try? await client.run(on: again) }
                }
                let shown = expected
                #expect(await eventually { client.output == shown }, "round \(round)")
            }
        }
    }

    @Test func `goes on at a server that has just started`() async throws {
        await bench.directory.add(bench.relayed())
        let agent = ShoutingAgent(bench: bench)
        let client = ListeningClient(bench: bench)
        for number in 1...2 {
            // The second gateway knows nothing but what the directory holds.
            let server = GatewayBench(restarting: bench)
            try await server.serving { group in
                let agentEnd = try await server.openAgent(in: &group)
                let clientEnd = try await server.openClient(in: &group)
                group.addTask { try? await agent.run(on: agentEnd) }
                group.addTask { try? await client.run(on: clientEnd) }
                #expect(await eventually { client.agreement != nil })
                try await client.type("\(number)a", on: clientEnd)
                #expect(await eventually { client.output.hasSuffix("\(number)A") })
                for end in [agentEnd, clientEnd] { await end.close() }
            }
        }
        #expect(client.output == "1A2A")
    }

    @Test func `is ended by the server with a sentence, on both sides`() async throws {
        await bench.directory.add(bench.relayed())
        let agent = ShoutingAgent(bench: bench)
        let client = ListeningClient(bench: bench)
        try await bench.serving { group in
            let agentEnd = try await bench.openAgent(in: &group)
            let clientEnd = try await bench.openClient(in: &group)
            group.addTask { try? await agent.run(on: agentEnd) }
            group.addTask { try? await client.run(on: clientEnd) }
            #expect(await eventually { client.agreement != nil })
            await bench.registry.close(
                bench.session,
                of: bench.node,
                output: "Terminated by bob.",
                in: bench.scope
            )
            #expect(await eventually { client.closed == "Terminated by bob." })
            #expect(await eventually { agent.isFinished })
            bench.clock.advance(by: 61)
            await bench.gateway.sweep()
            let end = SessionEnd(status: .terminated, output: "Terminated by bob.")
            #expect(await bench.directory.events.last == .ended(end))
        }
    }

    @Test func `that is over is not joined again, by either end`() async throws {
        try await bench.serving { group in
            let control = try await bench.openControl(in: &group)
            let isConnected = await eventually {
                await bench.registry.isConnected(bench.node, in: bench.scope)
            }
            #expect(isConnected)
            let agentEnd = try await bench.openAgent(in: &group)
            #expect(try await agentEnd.next()?.type == .channelClosed)
            #expect(try await control.next()?.type == .channelClosed)
            let clientEnd = try await bench.openClient(in: &group)
            #expect(try await clientEnd.next()?.type == .channelClosed)
            #expect(try await clientEnd.next() == nil)
        }
    }

    @Test func `is closed for an end that breaks the protocol, and goes on for the other`()
        async throws
    {
        await bench.directory.add(bench.relayed())
        try await bench.serving { group in
            let (agentEnd, clientEnd) = try await bench.openBoth(in: &group)
            try await clientEnd.send(.text("not a message"))
            #expect(try await clientEnd.next() == nil)
            #expect(await eventually { await bench.directory.events.last == .disconnected })
            let again = try await bench.openClient(in: &group)
            #expect(try await agentEnd.next()?.type == .startPublication)
            let output = bench.message(.outputStreamData, 0, .output, [65])
            try await agentEnd.send(output)
            #expect(try await again.next() == output)
        }
    }

    @Test func `a person who does not read slows the node down, and memory does not grow`()
        async throws
    {
        await bench.directory.add(bench.relayed())
        try await bench.serving { group in
            let (agentEnd, clientEnd) = try await bench.openBoth(in: &group)
            try await bench.fill(clientEnd, from: agentEnd, in: &group)
            for number in Int64(0)..<1000 {
                let message = try #require(try await clientEnd.next())
                try #require(message.sequenceNumber == number)
            }
        }
    }
}
