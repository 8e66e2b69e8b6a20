import FoundationEssentials
import Gateway
import ServiceKit
import SessionWire
import Simulation
import Testing
import Vocabulary
import WebSocketTransport

@Suite("A channel's token")
struct ChannelTokenTests {
    let bench: GatewayBench

    init() throws { bench = try GatewayBench() }

    /// Every way to come with a token that does not fit.
    enum Misuse: CaseIterable {
        case unknown, unsigned, byAnotherNode, forAnotherPath, clientTokenForControl, noScope
    }

    @Test(arguments: Misuse.allCases)
    func `opens nothing but what it was made for`(misuse: Misuse) async throws {
        await bench.directory.add(bench.relayed())
        let other = try NodeID(parsing: "mi-fffffffffffffffff")
        let control = await bench.directory.issue(.control(bench.node))
        let client = await bench.directory.issue(.client(bench.session))
        let (token, address, signer): (String, ChannelAddress, NodeID?) =
            switch misuse {
            case .unknown: ("nothing", .control(bench.node), bench.node)
            case .unsigned: (control, .control(bench.node), nil)
            case .byAnotherNode: (control, .control(bench.node), other)
            case .forAnotherPath: (control, .control(other), other)
            case .clientTokenForControl: (client, .control(bench.node), bench.node)
            case .noScope: (client, .data(bench.session), nil)
            }
        try await bench.serving { group in
            let channel = try await bench.open(
                address,
                opening: .control(token: token, agentVersion: "3", entropy: bench.entropy),
                signedBy: signer,
                in: &group
            )
            #expect(try await channel.next() == nil)
            #expect(await bench.directory.events.isEmpty)
        }
    }

    @Test func `opens a channel once`() async throws {
        let token = await bench.directory.issue(.control(bench.node))
        let opening = ChannelOpening.control(
            token: token,
            agentVersion: "3",
            entropy: bench.entropy
        )
        try await bench.serving { group in
            let address = ChannelAddress.control(bench.node)
            let first = try await bench.open(
                address,
                opening: opening,
                signedBy: bench.node,
                in: &group
            )
            #expect(
                await eventually { await bench.registry.isConnected(bench.node, in: bench.scope) }
            )
            let second = try await bench.open(
                address,
                opening: opening,
                signedBy: bench.node,
                in: &group
            )
            #expect(try await second.next() == nil)
            #expect(await bench.registry.isConnected(bench.node, in: bench.scope))
            await first.close()
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"TokenValue":7}"#, String(repeating: "[", count: 100_000)])
    func `is asked for in the first frame, and anything else closes the channel`(frame: String)
        async throws
    {
        let (mine, theirs) = WebSocketConnection.pair()
        try await bench.serving { group in
            let bench = bench
            group.addTask {
                await bench.gateway.serve(
                    path: ChannelAddress.control(bench.node).path,
                    query: "",
                    connection: theirs,
                    context: bench.context(of: bench.node)
                )
            }
            try await mine.send(.text(frame))
            #expect(try await mine.next() == nil)
        }
    }

    @Test func `is waited for no longer than ten seconds`() async throws {
        let (mine, theirs) = WebSocketConnection.pair()
        try await bench.serving { group in
            let bench = bench
            group.addTask {
                await bench.gateway.serve(
                    path: ChannelAddress.control(bench.node).path,
                    query: "",
                    connection: theirs,
                    context: bench.context(of: bench.node)
                )
            }
            group.addTask {
                while !Task.isCancelled {
                    bench.clock.advance(by: 11)
                    await bench.gateway.sweep()
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            let message = try await mine.next()
            #expect(message == nil)
        }
    }

    @Test func `is given with status 201 and XML, whatever it holds`() async throws {
        let path = ChannelAddress.control(bench.node).path
        let body = CreateChannelRequest(requestID: "r").json()
        let answer = try await bench.gateway.post(
            path: path,
            body: body,
            context: bench.context(of: bench.node)
        )
        #expect(answer.status == 201)
        #expect(answer.contentType == "application/xml")
        #expect(
            answer.body == "<CreateControlChannelOutput><MessageSchemaVersion>1.0"
                + "</MessageSchemaVersion><TokenValue>token-0&amp;</TokenValue>"
                + "</CreateControlChannelOutput>"
        )
        #expect(CreateChannelResponse(xml: answer.body)?.tokenValue == "token-0&")
    }

    @Test func `is refused in the words that stop an agent from trying again`() async throws {
        let path = ChannelAddress.data(bench.session).path
        let fault = await #expect(throws: ServiceFault.self) {
            try await bench.gateway.post(
                path: path,
                body: CreateChannelRequest(requestID: "r", clientID: "").json(),
                context: bench.context(of: bench.node)
            )
        }
        #expect(fault == ServiceFault("AccessDeniedException", "Session is already terminated"))
    }

    @Test(arguments: [
        ("/v1/control-channel/mi-0123456789abcdef0", "[1]", 400),
        ("/v1/control-channel/i-1", #"{"RequestId":"r"}"#, 404),
        ("/v1/other/mi-0123456789abcdef0", #"{"RequestId":"r"}"#, 404),
        ("/v1/data-channel/%zz", #"{"RequestId":"r"}"#, 404),
    ])
    func `is not given for a request that makes no sense`(path: String, body: String, status: Int)
        async throws
    {
        let fault = await #expect(throws: ServiceFault.self) {
            try await bench.gateway.post(
                path: path,
                body: Array(body.utf8),
                context: bench.context(of: bench.node)
            )
        }
        #expect(fault?.status == status)
    }
}
