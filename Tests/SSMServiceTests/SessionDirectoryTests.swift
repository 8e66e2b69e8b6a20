import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("The directory of sessions")
struct SessionDirectoryTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private var service: SSMService { bench.service }

    private func channel(_ principal: Principal) -> OperationContext {
        bench.context("CreateChannel", as: principal)
    }

    @Test func `gives a node the token of its own control channel`() async throws {
        let node = try await bench.register()
        let token = try await service.createControlChannel(
            node: node,
            in: channel(bench.session(of: node))
        )
        #expect(await service.open(token: token, in: bench.scope) == .control(node))
        let asked = try #require(bench.bench.authorizer.asked.last)
        #expect(asked.action == "ssmmessages:CreateControlChannel")
        #expect(
            asked.conditionValues["ssm:SourceInstanceARN"]
                == ["arn:aws:ssm:us-east-1:111122223333:managed-instance/\(node)"]
        )
    }

    @Test func `gives nobody the control channel of another node`() async throws {
        let node = try await bench.register()
        let other = try await bench.register(key: .second)
        let callers: [Principal] = [
            bench.session(of: other), bench.session(of: node, role: "Admin"), .node(node),
            bench.session(of: node, service: nil), .anonymous, bench.context("x").principal,
        ]
        for caller in callers {
            let fault = await #expect(throws: ServiceFault.self) {
                try await service.createControlChannel(node: node, in: channel(caller))
            }
            #expect(fault?.code == "AccessDeniedException")
        }
    }

    @Test(arguments: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"])
    func `asks the node's role for permission`(action: String) async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        bench.bench.authorizer.refuse(action)
        let context = channel(bench.session(of: node))
        let fault = await #expect(throws: ServiceFault.self) {
            if action == "ssmmessages:CreateControlChannel" {
                _ = try await service.createControlChannel(node: node, in: context)
            } else {
                _ = try await service.createDataChannel(session: session, in: context)
            }
        }
        #expect(fault?.code == "AccessDeniedException")
        #expect(fault?.message.contains(action) == true)
    }

    @Test func `gives a node the data channels of its own sessions`() async throws {
        let node = try await bench.connectedNode()
        let other = try await bench.connectedNode(key: .second)
        let session = try await bench.start(node)
        let token = try await service.createDataChannel(
            session: session,
            in: channel(bench.session(of: node))
        )
        #expect(await service.open(token: token, in: bench.scope) == .node(session, node))
        let unknown = SessionID(owner: "alice", entropy: bench.bench.entropy)
        for (caller, asked) in [(other, session), (node, unknown)] {
            let fault = await #expect(throws: ServiceFault.self) {
                try await service.createDataChannel(
                    session: asked,
                    in: channel(bench.session(of: caller))
                )
            }
            #expect(fault?.code == "AccessDeniedException")
        }
    }

    @Test func `tells a node of an ended session in the words that end its retries`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        try await service.ended(session, SessionEnd(status: .terminated), in: bench.scope)
        let fault = await #expect(throws: ServiceFault.self) {
            try await service.createDataChannel(
                session: session,
                in: channel(bench.session(of: node))
            )
        }
        #expect(fault?.message.contains("Session is already terminated") == true)
        #expect(try await service.relayedSession(session, in: bench.scope) == nil)
    }

    @Test func `follows a session from start to end`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        try await service.connected(session, in: bench.scope)
        #expect(try await bench.state(of: session) == .connected)
        try await service.disconnected(session, in: bench.scope)
        #expect(try await bench.state(of: session) == .disconnected)
        try await service.connected(session, in: bench.scope)
        try await service.ending(session, SessionEnd(status: .terminated), in: bench.scope)
        #expect(try await bench.state(of: session) == .terminating)
        bench.bench.clock.advance(by: 60)
        let end = SessionEnd(status: .failed, output: "No log.", logGroup: "G", logStream: "S")
        try await service.ended(session, end, in: bench.scope)
        bench.bench.clock.advance(by: 60)
        // The agent reports a failure twice.
        try await service.ended(session, SessionEnd(status: .terminated), in: bench.scope)

        let history = try await bench.call("DescribeSessions", ["State": "History"])
        let found = try #require(history["Sessions"]?.elements.first)
        let now = Int64(bench.bench.clock.now().timeIntervalSince1970)
        #expect(found["Status"] == "Failed")
        #expect(found["Details"] == "No log.")
        #expect(found["EndDate"] == .integer(now - 60))
        #expect(
            found["OutputUrl"]?["CloudWatchOutputUrl"]
                == .string(
                    "https://sekisho.example:8443/cloudwatch/home?region=us-east-1"
                        + "#logEventViewer:group=G;stream=S"
                )
        )
    }

    @Test func `lets a session end before anybody attached`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        try await service.ended(
            session,
            SessionEnd(status: .failed, output: "no such user"),
            in: bench.scope
        )
        #expect(try await bench.state(of: session) == .failed)
    }

    @Test func `notes when a node goes, and its version when it comes`() async throws {
        let node = try await bench.register()
        try await service.nodeConnected(node, agentVersion: "3.3.9.0", in: bench.scope)
        var record = try await service.requireNode(node, in: bench.scope).value
        #expect(record.agent.version == "3.3.9.0")
        bench.bench.clock.advance(by: 5)
        try await service.nodeDisconnected(node, in: bench.scope)
        record = try await service.requireNode(node, in: bench.scope).value
        #expect(record.lastDisconnected == bench.bench.clock.now())
    }

    @Test func `a node that was deregistered may still go, and may not come`() async throws {
        let node = try await bench.register()
        try await bench.call(
            "DeregisterManagedInstance",
            ["InstanceId": .string(node.description)]
        )
        try await service.nodeDisconnected(node, in: bench.scope)
        await #expect(throws: ServiceFault.self) {
            try await service.nodeConnected(node, agentVersion: "1", in: bench.scope)
        }
    }

    @Test func `a node that comes back is told of sessions that ended without it`() async throws {
        let node = try await bench.connectedNode()
        let ended = try await bench.start(node)
        let running = try await bench.start(node)
        bench.gateway.lose(node)
        try await bench.call(
            "TerminateSession",
            ["SessionId": .string(ended.description)]
        )
        #expect(try await bench.state(of: ended) == .terminated)
        let before = bench.gateway.closed.count
        try await service.nodeConnected(node, agentVersion: "", in: bench.scope)
        #expect(bench.gateway.closed.dropFirst(before).map(\.session) == [ended.description])
        try await service.nodeConnected(node, agentVersion: "", in: bench.scope)
        #expect(bench.gateway.closed.count == before + 1)
        #expect(try await bench.state(of: running) == .created)
    }
}

@Suite("Resuming and terminating")
struct ResumeAndTerminateTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func call(_ operation: String, _ session: SessionID) async throws -> JSONValue {
        try await bench.call(operation, ["SessionId": .string(session.description)])
    }

    @Test func `a running session gets a new token and the same address`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        let output = try await call("ResumeSession", session)
        let token = try #require(output["TokenValue"]?.string)
        #expect(await bench.service.open(token: token, in: bench.scope) == .client(session))
        #expect(output["SessionId"] == .string(session.description))
        #expect(output["StreamUrl"]?.string?.hasPrefix("wss://sekisho.example:8443/v1/") == true)
    }

    @Test func `an ended session is answered without a token, by which the plugin knows`()
        async throws
    {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        _ = try await call("TerminateSession", session)
        let output = try await call("ResumeSession", session)
        #expect(output == ["SessionId": .string(session.description)])
    }

    @Test func `a session is terminating until its node says that it is over`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        let output = try await call("TerminateSession", session)
        #expect(output == ["SessionId": .string(session.description)])
        #expect(try await bench.state(of: session) == .terminating)
        #expect(bench.gateway.closed == [.init(session: session.description, output: "")])
        try await bench.service.ended(
            session,
            SessionEnd(status: .terminated),
            in: bench.scope
        )
        #expect(try await bench.state(of: session) == .terminated)
        _ = try await call("TerminateSession", session)
        #expect(bench.gateway.closed.count == 1)
    }

    @Test(arguments: ["ResumeSession", "TerminateSession"])
    func `a session that never was does not exist`(operation: String) async throws {
        for id in ["alice-0123456789abcdef0", "nonsense"] {
            let fault = try await bench.fault(operation, ["SessionId": .string(id)])
            #expect(fault.code == "DoesNotExistException")
        }
        let long: JSONValue = ["SessionId": .string(String(repeating: "s", count: 97))]
        #expect(try await bench.fault(operation, long).code == "ValidationException")
    }

    @Test(arguments: ["ResumeSession", "TerminateSession"])
    func `the session's ARN and AWS's tags of it are what policies see`(
        operation: String
    ) async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        bench.bench.authorizer.refuse("ssm:\(operation)")
        let fault = try await bench.fault(
            operation,
            ["SessionId": .string(session.description)]
        )
        #expect(fault.code == "AccessDeniedException")
        let asked = try #require(bench.bench.authorizer.asked.last)
        #expect(asked.resource == "arn:aws:ssm:us-east-1:111122223333:session/\(session)")
        #expect(
            asked.conditionValues["ssm:resourceTag/aws:ssmmessages:session-id"] == ["AIDAALICE"]
        )
        #expect(
            asked.conditionValues["ssm:resourceTag/aws:ssmmessages:target-id"]
                == [node.description]
        )
        #expect(try await bench.state(of: session) == .created)
    }

    @Test func `a node is connected while its control channel is open`() async throws {
        let node = try await bench.register()
        let input: JSONValue = ["Target": .string(node.description)]
        func status() async throws -> JSONValue? {
            try await bench.call("GetConnectionStatus", input)["Status"]
        }
        #expect(try await status() == "notconnected")
        bench.gateway.connect(node)
        #expect(try await status() == "connected")
        let other: JSONValue = ["Target": "i-0123456789abcdef0"]
        let output = try await bench.call("GetConnectionStatus", other)
        #expect(output == ["Target": "i-0123456789abcdef0", "Status": "notconnected"])
    }
}
