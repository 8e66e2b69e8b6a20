import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("Starting a session")
struct StartSessionTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func task(_ index: Int = 0) throws -> AgentTask {
        let started = bench.gateway.started
        try #require(index < started.count)
        return try #require(AgentTask(json: Array(started[index].content.utf8)))
    }

    @Test func `answers a session of the caller, a token for it and where to attach`() async throws
    {
        let node = try await bench.connectedNode()
        let output = try await bench.call("StartSession", ["Target": .string(node.description)])
        let session = try SessionID(parsing: #require(output["SessionId"]?.string))
        #expect(session.description.hasPrefix("alice-"))
        #expect(
            output["StreamUrl"]
                == .string(
                    "wss://sekisho.example:8443/v1/data-channel/\(session)"
                        + "?account=111122223333&region=us-east-1&role=publish_subscribe"
                )
        )
        let token = try #require(output["TokenValue"]?.string)
        #expect(await bench.service.open(token: token, in: bench.scope) == .client(session))
        #expect(try await bench.state(of: session) == .created)
    }

    @Test func `tells the node what AWS tells it`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        let task = try task()
        #expect(bench.gateway.started.map(\.node) == [node])
        #expect(task.sessionID == session.description)
        #expect(task.documentName == "SSM-SessionManagerRunShell")
        #expect(task.sessionOwner == "arn:aws:iam::111122223333:user/alice")
        #expect(task.runAsUser == "")
        #expect(task.parameters == [:])
        #expect(task.documentContent["sessionType"] == "Standard_Stream")
        #expect(task.documentContent["schemaVersion"] == "1.0")
        #expect(task.documentContent["inputs"]?["cloudWatchStreamingEnabled"] == false)
    }

    @Test func `of a node that is not connected is refused in AWS's words`() async throws {
        let node = try await bench.register()
        let fault = try await bench.fault("StartSession", ["Target": .string(node.description)])
        #expect(fault == ServiceFault("TargetNotConnected", "\(node) is not connected."))
        for target in ["mi-0123456789abcdef0", "i-0123456789abcdef0", "web-1"] {
            let fault = try await bench.fault("StartSession", ["Target": .string(target)])
            #expect(fault == ServiceFault("TargetNotConnected", "\(target) is not connected."))
        }
        #expect(bench.gateway.started.isEmpty)
    }

    @Test func `that the node never hears of is failed, and is refused`() async throws {
        let node = try await bench.connectedNode()
        bench.gateway.loseStarts()
        let fault = try await bench.fault("StartSession", ["Target": .string(node.description)])
        #expect(fault.code == "TargetNotConnected")
        let history = try await bench.call("DescribeSessions", ["State": "History"])
        #expect(history["Sessions"]?.elements.map { $0["Status"] } == ["Failed"])
        #expect(try await bench.service.sessions(of: node, in: bench.scope).isEmpty)
    }

    @Test(
        arguments: [
            (["Target": .null], "null"), (["Target": ""], "length"),
            (["Target": .string(String(repeating: "t", count: 401))], "length"),
            (["Reason": ""], "length"),
            (["Reason": .string(String(repeating: "r", count: 257))], "length"),
            (["Reason": "two\nlines"], "pattern"), (["DocumentName": "a b c"], "pattern"),
            (["Parameters": ["": ["x"]]], "length"),
            (["Parameters": ["p": [""]]], "length"),
            (["Parameters": ["p": [.string(String(repeating: "x", count: 65536))]]], "length"),
        ] as [([String: JSONValue], String)]
    )
    func `is refused with what is wrong in it`(
        change: [String: JSONValue],
        words: String
    ) async throws {
        let node = try await bench.connectedNode()
        let base: [String: JSONValue] = ["Target": .string(node.description)]
        let fault = try await bench.fault("StartSession", .object(base.merging(change) { $1 }))
        #expect(fault.code == "ValidationException")
        #expect(fault.message.contains(words))
    }

    @Test func `takes the preferences that the account created`() async throws {
        let node = try await bench.connectedNode()
        try await bench.prefer([
            "cloudWatchLogGroupName": "G", "kmsKeyId": "alias/k", "idleSessionTimeout": "7",
            "maxSessionDuration": "60", "sekishoLogging": "bestEffort",
            "shellProfile": ["linux": "id"],
        ])
        let session = try await bench.start(node)
        let inputs = try task().documentContent["inputs"]
        #expect(inputs?["cloudWatchLogGroupName"] == "G")
        #expect(inputs?["sekishoLogging"] == "bestEffort")
        #expect(inputs?["shellProfile"]?["linux"] == "id")
        let relayed = try #require(
            try await bench.service.relayedSession(session, in: bench.scope)
        )
        #expect(relayed.idleTimeout == 420.0)
        #expect(relayed.maximumDuration == 3600.0)
        #expect(relayed.node == node)
    }

    @Test func `takes the preferences last made current, by either call`() async throws {
        let node = try await bench.connectedNode()
        let name: JSONValue = "SSM-SessionManagerRunShell"
        try await bench.prefer(["kmsKeyId": "one"])
        let two = bench.document(inputs: ["kmsKeyId": "two"])
        try await bench.call(
            "UpdateDocument",
            ["Name": name, "Content": .string(two), "DocumentVersion": "$LATEST"]
        )
        _ = try await bench.start(node)
        #expect(try task(0).documentContent["inputs"]?["kmsKeyId"] == "two")
        try await bench.call(
            "UpdateDocumentDefaultVersion",
            ["Name": name, "DocumentVersion": "1"]
        )
        _ = try await bench.start(node)
        #expect(try task(1).documentContent["inputs"]?["kmsKeyId"] == "one")
    }

    @Test func `of one command gets the account's preferences with it`() async throws {
        let node = try await bench.connectedNode()
        try await bench.prefer(["cloudWatchLogGroupName": "G", "idleSessionTimeout": "9"])
        _ = try await bench.start(
            node,
            [
                "DocumentName": "AWS-StartInteractiveCommand",
                "Parameters": ["command": ["uname -a"]],
            ]
        )
        let task = try task()
        #expect(task.documentName == "AWS-StartInteractiveCommand")
        #expect(task.documentContent["sessionType"] == "InteractiveCommands")
        #expect(task.parameters == ["command": "uname -a"])
        #expect(
            task.documentContent["properties"]?["linux"]?["commands"] == "{{command}}"
        )
        #expect(task.documentContent["inputs"]?["cloudWatchLogGroupName"] == "G")
    }

    @Test func `of a document with inputs of its own takes those, at its default version`()
        async throws
    {
        let node = try await bench.connectedNode()
        try await bench.prefer(["cloudWatchLogGroupName": "G"])
        let own = bench.document(inputs: ["kmsKeyId": "mine"])
        let later = bench.document(inputs: ["kmsKeyId": "later"])
        try await bench.call(
            "CreateDocument",
            ["Name": "Mine", "DocumentType": "Session", "Content": .string(own)]
        )
        try await bench.call(
            "UpdateDocument",
            ["Name": "Mine", "DocumentVersion": "1", "Content": .string(later)]
        )
        _ = try await bench.start(node, ["DocumentName": "Mine"])
        #expect(try task().documentContent["inputs"] == ["kmsKeyId": "mine"])
    }

    @Test(
        arguments: [
            [:], ["command": ["a", "b"]], ["command": []], ["other": ["x"]],
            ["command": ["a"], "other": ["x"]],
        ] as [[String: [String]]]
    )
    func `is refused with parameters that the document does not take`(
        parameters: [String: [String]]
    ) async throws {
        let node = try await bench.connectedNode()
        let given = parameters.mapValues { JSONValue.array($0.map { .string($0) }) }
        let fault = try await bench.fault(
            "StartSession",
            [
                "Target": .string(node.description), "Parameters": .object(given),
                "DocumentName": "AWS-StartInteractiveCommand",
            ]
        )
        #expect(fault.code == "InvalidParameters")
        #expect(bench.gateway.started.isEmpty)
    }

    @Test(arguments: ["Nothing", "AWS-StartSSHSession", "AWS-StartPortForwardingSession"])
    func `of a document that is not there is refused by name`(name: String) async throws {
        let node = try await bench.connectedNode()
        let fault = try await bench.fault(
            "StartSession",
            ["Target": .string(node.description), "DocumentName": .string(name)]
        )
        #expect(fault.code == "InvalidDocument")
        #expect(fault.message.contains(name))
    }

    @Test func `whose log is to go to S3 is refused by name`() async throws {
        let node = try await bench.connectedNode()
        try await bench.prefer(["s3BucketName": "my-bucket"])
        let fault = try await bench.fault("StartSession", ["Target": .string(node.description)])
        #expect(fault.code == "ValidationException")
        #expect(fault.message.contains("'my-bucket'"))
        #expect(fault.message.contains("s3BucketName"))
        #expect(bench.gateway.started.isEmpty)
    }

    @Test(arguments: [(true, "operator"), (false, "")])
    func `runs as the user that the caller's tag names, if run-as is on`(
        isEnabled: Bool,
        user: String
    ) async throws {
        let node = try await bench.connectedNode()
        bench.roles.tag("SSMSessionRunAs", "operator")
        try await bench.prefer(["runAsEnabled": .bool(isEnabled)])
        _ = try await bench.start(node)
        #expect(try task().runAsUser == user)
    }

    @Test func `is audited with node, session, reason and document, and without parameters`()
        async throws
    {
        let node = try await bench.connectedNode()
        let session = try await bench.start(
            node,
            [
                "Reason": "Ticket 7", "DocumentName": "AWS-StartInteractiveCommand",
                "Parameters": ["command": ["echo hunter2"]],
            ]
        )
        let audit = try await AuditTrail(store: bench.bench.store).newest(99, in: bench.scope)
        let record = try #require(audit.first { $0.eventName == "StartSession" })
        #expect(record.requestParameters["reason"] == "Ticket 7")
        #expect(record.requestParameters["target"] == node.description)
        #expect(
            record.resources.contains("arn:aws:ssm:us-east-1:111122223333:session/\(session)")
        )
        #expect(!String(describing: record).contains("hunter2"))
    }

    @Test func `is not for nodes and services`() async throws {
        let node = try await bench.connectedNode()
        let input: JSONValue = ["Target": .string(node.description)]
        let service = try await bench.fault(
            "StartSession",
            input,
            as: .service("logs.us-east-1.amazonaws.com")
        )
        #expect(service.code == "AccessDeniedException")
    }
}

@Suite("Who may start a session")
struct StartAuthorizationTests {
    let bench: SSMBench
    let node = "mi-0123456789abcdef0"
    let nodeARN = "arn:aws:ssm:us-east-1:111122223333:managed-instance/mi-0123456789abcdef0"
    let preferencesARN =
        "arn:aws:ssm:us-east-1:111122223333:document/SSM-SessionManagerRunShell"

    init() throws { bench = try SSMBench() }

    /// An authorizer of a few lines, which allows what a policy of that kind would.
    private struct Allowing: Authorizer {
        let test: @Sendable (AuthorizationRequest) -> Bool

        func authorize(
            _ request: AuthorizationRequest,
            in context: OperationContext
        ) async throws {
            guard !test(request) else { return }
            throw ServiceFault("AccessDeniedException", "no \(request.resource)")
        }
    }

    private func outcome(
        _ document: String?,
        _ test: @escaping @Sendable (AuthorizationRequest) -> Bool
    ) async -> String? {
        let service = SSMService(
            store: bench.bench.store,
            sealingKey: bench.bench.sealingKey,
            authorizer: Allowing(test: test),
            roles: bench.roles,
            nodes: bench.gateway,
            pageTokens: bench.bench.pageTokens,
            publicURL: { "https://x" },
            clock: bench.bench.clock,
            entropy: bench.bench.entropy,
            logger: bench.service.logger
        )
        let input = StartSessionInput(target: node, documentName: document)
        do {
            _ = try await service.startSession(input, bench.context("StartSession"))
            return nil
        } catch {
            return (error as? ServiceFault)?.message
        }
    }

    private func isChecked(_ request: AuthorizationRequest) -> Bool {
        request.conditionValues["ssm:SessionDocumentAccessCheck"] == ["true"]
    }

    @Test func `without a document the node is enough`() async {
        let outcome = await outcome(nil) { $0.resource == nodeARN }
        #expect(outcome == "\(node) is not connected.")
    }

    @Test func `with a document both are asked for`() async {
        let nodeOnly = await outcome("AWS-StartInteractiveCommand") { $0.resource == nodeARN }
        #expect(nodeOnly == "no arn:aws:ssm:us-east-1::document/AWS-StartInteractiveCommand")
        let documentOnly = await outcome("AWS-StartInteractiveCommand") { $0.resource != nodeARN }
        #expect(documentOnly == "no \(nodeARN)")
    }

    @Test func `with the access check of the policy the preferences are asked for too`() async {
        let without = await outcome(nil) { $0.resource == nodeARN && isChecked($0) }
        #expect(without == "no \(preferencesARN)")
        let with = await outcome(nil) {
            isChecked($0) && ($0.resource == nodeARN || $0.resource == preferencesARN)
        }
        #expect(with == "\(node) is not connected.")
    }

    @Test func `without permission nobody learns whether node or document exist`() async {
        #expect(await outcome(nil) { _ in false } == "no \(nodeARN)")
        #expect(await outcome("Nothing") { _ in false } == "no \(nodeARN)")
    }
}
