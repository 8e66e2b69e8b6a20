import FoundationEssentials
import IAMService
import Sealing
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

/// The service with IAM itself behind it: policies are documents, and callers are who their keys say.
private struct RealBench {
    let base: SSMBench
    let iam: IAMService
    let service: SSMService
    let administrator: Principal

    static let trust = #"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
         "Principal":{"Service":"ssm.amazonaws.com"}}]}
        """#

    init() async throws {
        base = try SSMBench()
        let bench = base.bench
        iam = IAMService(
            store: bench.store,
            sealingKey: bench.sealingKey,
            pageTokens: bench.pageTokens,
            clock: bench.clock,
            entropy: bench.entropy,
            logger: base.service.logger
        )
        service = SSMService(
            store: bench.store,
            sealingKey: bench.sealingKey,
            authorizer: iam,
            roles: iam,
            nodes: base.gateway,
            pageTokens: bench.pageTokens,
            publicURL: { "https://sekisho.example" },
            clock: bench.clock,
            entropy: bench.entropy,
            logger: base.service.logger
        )
        let key = try await iam.bootstrapAdministrator(in: bench.scope)
        administrator = try await iam.signingIdentity(
            accessKeyID: key.accessKeyID,
            sessionToken: nil
        ).principal
    }

    @discardableResult
    func iam(_ name: String, _ input: JSONValue) async throws -> JSONValue {
        try await base.call(iam.iam, name, input, base.context(name, as: administrator))
    }

    @discardableResult
    func ssm(
        _ name: String,
        _ input: JSONValue,
        as principal: Principal? = nil
    ) async throws -> JSONValue {
        try await base.call(
            service,
            name,
            input,
            base.context(name, as: principal ?? administrator)
        )
    }

    /// The code of the fault that a call ends in; nil when it is allowed.
    func refusal(_ name: String, _ input: JSONValue, as principal: Principal) async -> String? {
        do {
            try await ssm(name, input, as: principal)
            return nil
        } catch {
            return (error as? ServiceFault)?.code ?? "\(error)"
        }
    }

    /// A user with one policy of these statements.
    func user(_ name: String, _ statements: String) async throws -> Principal {
        try await iam("CreateUser", ["UserName": .string(name)])
        let key = try await iam("CreateAccessKey", ["UserName": .string(name)])
        let document = #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#
        try await iam(
            "PutUserPolicy",
            [
                "UserName": .string(name), "PolicyName": "p",
                "PolicyDocument": .string(document),
            ]
        )
        let id = try #require(key["AccessKey"]?["AccessKeyId"]?.string)
        return try await iam.signingIdentity(accessKeyID: id, sessionToken: nil).principal
    }

    /// A node under a role with AWS's policy for nodes, connected.
    func node(key: TestKey = .first) async throws -> NodeID {
        if key.text == TestKey.first.text {
            try await iam(
                "CreateRole",
                [
                    "RoleName": "NodeRole", "AssumeRolePolicyDocument": .string(Self.trust),
                    "Path": "/service-role/",
                ]
            )
            try await iam(
                "AttachRolePolicy",
                [
                    "RoleName": "NodeRole",
                    "PolicyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
                ]
            )
        }
        let activation = try await ssm("CreateActivation", ["IamRole": "service-role/NodeRole"])
        let input = base.registration(
            (
                id: try #require(activation["ActivationId"]?.string),
                code: try #require(activation["ActivationCode"]?.string)
            ),
            key: key
        )
        let output = try await ssm("RegisterManagedInstance", input, as: .anonymous)
        let node = try NodeID(parsing: #require(output["InstanceId"]?.string))
        base.gateway.connect(node)
        return node
    }

    /// The credentials that a node gets, as key and token.
    func credentials(of node: NodeID) async throws -> (key: String, token: String) {
        let output = try await ssm(
            "RequestManagedInstanceRoleToken",
            ["Fingerprint": "f1"],
            as: .node(node)
        )
        return (
            try #require(output["AccessKeyId"]?.string),
            try #require(output["SessionToken"]?.string)
        )
    }
}

@Suite("Sessions under real policies")
struct RealIAMTests {
    private static let everySession = #"""
        {"Effect":"Allow","Action":"ssm:StartSession","Resource":"*"}
        """#
    private static let ownSessions = #"""
        {"Effect":"Allow","Action":["ssm:TerminateSession","ssm:ResumeSession"],
         "Resource":"arn:aws:ssm:*:*:session/${aws:username}-*"}
        """#

    private func session(_ output: JSONValue) throws -> JSONValue {
        ["SessionId": try #require(output["SessionId"])]
    }

    @Test func `session/${aws:username}-* is one's own sessions and nobody else's`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        let statements = Self.everySession + "," + Self.ownSessions
        let alice = try await bench.user("alice", statements)
        let bob = try await bench.user("bob", statements)
        let target: JSONValue = ["Target": .string(node.description)]
        let own = try session(try await bench.ssm("StartSession", target, as: alice))
        #expect(await bench.refusal("ResumeSession", own, as: bob) == "AccessDeniedException")
        #expect(await bench.refusal("TerminateSession", own, as: bob) == "AccessDeniedException")
        #expect(await bench.refusal("ResumeSession", own, as: alice) == nil)
        #expect(await bench.refusal("TerminateSession", own, as: alice) == nil)
        #expect(await bench.refusal("ResumeSession", own, as: bench.administrator) == nil)
    }

    @Test func `AWS's session tag says the same by the unique id`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        let tagged = #"""
            {"Effect":"Allow","Action":"ssm:TerminateSession","Resource":"*","Condition":
             {"StringLike":{"ssm:resourceTag/aws:ssmmessages:session-id":"${aws:userid}"}}}
            """#
        let alice = try await bench.user("alice", Self.everySession + "," + tagged)
        let bob = try await bench.user("bob", Self.everySession + "," + tagged)
        let target: JSONValue = ["Target": .string(node.description)]
        let own = try session(try await bench.ssm("StartSession", target, as: alice))
        #expect(await bench.refusal("TerminateSession", own, as: bob) == "AccessDeniedException")
        #expect(await bench.refusal("TerminateSession", own, as: alice) == nil)
    }

    @Test func `a tag of the node decides who may start`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        let statement = #"""
            {"Effect":"Allow","Action":"ssm:StartSession",
             "Resource":"arn:aws:ssm:*:*:managed-instance/*",
             "Condition":{"StringEquals":{"ssm:resourceTag/Team":"web"}}}
            """#
        let alice = try await bench.user("alice", statement)
        let target: JSONValue = ["Target": .string(node.description)]
        #expect(await bench.refusal("StartSession", target, as: alice) == "AccessDeniedException")
        try await bench.ssm(
            "AddTagsToResource",
            [
                "ResourceType": "ManagedInstance", "ResourceId": .string(node.description),
                "Tags": [["Key": "Team", "Value": "web"]],
            ]
        )
        #expect(await bench.refusal("StartSession", target, as: alice) == nil)
    }

    @Test func `AWS's document access check asks for the document`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        func statement(_ resources: String) -> String {
            #"""
            {"Effect":"Allow","Action":"ssm:StartSession","Resource":[\#(resources)],
             "Condition":{"BoolIfExists":{"ssm:SessionDocumentAccessCheck":"true"}}}
            """#
        }
        let nodes = #""arn:aws:ssm:*:*:managed-instance/*""#
        let document = #""arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell""#
        let command = #""arn:aws:ssm:*::document/AWS-StartInteractiveCommand""#
        let target: JSONValue = ["Target": .string(node.description)]
        let withCommand: JSONValue = [
            "Target": .string(node.description),
            "DocumentName": "AWS-StartInteractiveCommand", "Parameters": ["command": ["id"]],
        ]
        let none = try await bench.user("none", statement(nodes))
        #expect(await bench.refusal("StartSession", target, as: none) == "AccessDeniedException")
        let shell = try await bench.user("shell", statement(nodes + "," + document))
        #expect(await bench.refusal("StartSession", target, as: shell) == nil)
        #expect(
            await bench.refusal("StartSession", withCommand, as: shell) == "AccessDeniedException"
        )
        let both = try await bench.user("both", statement(nodes + "," + command))
        #expect(await bench.refusal("StartSession", withCommand, as: both) == nil)
        #expect(await bench.refusal("StartSession", target, as: both) == "AccessDeniedException")
    }

    @Test func `the tag SSMSessionRunAs of the caller names the user on the node`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        let alice = try await bench.user("alice", Self.everySession)
        try await bench.iam(
            "TagUser",
            ["UserName": "alice", "Tags": [["Key": "SSMSessionRunAs", "Value": "operator"]]]
        )
        try await bench.ssm(
            "CreateDocument",
            [
                "Name": "SSM-SessionManagerRunShell", "DocumentType": "Session",
                "Content": .string(try bench.base.document(inputs: ["runAsEnabled": true])),
            ]
        )
        try await bench.ssm("StartSession", ["Target": .string(node.description)], as: alice)
        let content = try #require(bench.base.gateway.started.first?.content)
        #expect(AgentTask(json: Array(content.utf8))?.runAsUser == "operator")
    }

    @Test func `a role session's sessions begin with its name`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        try await bench.iam(
            "CreateRole",
            [
                "RoleName": "Operators",
                "AssumeRolePolicyDocument": .string(
                    #"""
                    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
                     "Principal":{"AWS":"arn:aws:iam::111122223333:root"}}]}
                    """#
                ),
            ]
        )
        try await bench.iam(
            "AttachRolePolicy",
            [
                "RoleName": "Operators",
                "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
            ]
        )
        let assumed = try await bench.base.call(
            bench.iam.sts,
            "AssumeRole",
            [
                "RoleArn": "arn:aws:iam::111122223333:role/Operators",
                "RoleSessionName": "carol@example.com",
            ],
            bench.base.context("AssumeRole", as: bench.administrator)
        )
        let carol = try await bench.iam.signingIdentity(
            accessKeyID: #require(assumed["Credentials"]?["AccessKeyId"]?.string),
            sessionToken: #require(assumed["Credentials"]?["SessionToken"]?.string)
        ).principal
        let output = try await bench.ssm(
            "StartSession",
            ["Target": .string(node.description)],
            as: carol
        )
        #expect(output["SessionId"]?.string?.hasPrefix("carol@example.com-") == true)
    }
}

@Suite("A node under its real role")
struct RealNodeTests {
    @Test func `AmazonSSMManagedInstanceCore is all it needs`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        let (key, token) = try await bench.credentials(of: node)
        let identity = try await bench.iam.signingIdentity(
            accessKeyID: key,
            sessionToken: token
        )
        let id: JSONValue = ["InstanceId": .string(node.description)]
        try await bench.ssm("UpdateInstanceInformation", id, as: identity.principal)
        try await bench.ssm("ListInstanceAssociations", id, as: identity.principal)
        let context = bench.base.context("CreateControlChannel", as: identity.principal)
        _ = try await bench.service.createControlChannel(node: node, in: context)
        let messages = MessageDeliveryService(bench.service) { _ in }
        try await bench.base.call(
            messages,
            "GetMessages",
            ["Destination": .string(node.description)],
            context
        )
        let session = try await bench.ssm(
            "StartSession",
            ["Target": .string(node.description)]
        )
        _ = try await bench.service.createDataChannel(
            session: SessionID(parsing: #require(session["SessionId"]?.string)),
            in: context
        )
        #expect(
            await bench.refusal("DescribeInstanceInformation", [:], as: identity.principal)
                == "AccessDeniedException"
        )
    }

    @Test func `its credentials are worth nothing from the next call after it is deregistered`()
        async throws
    {
        let bench = try await RealBench()
        let node = try await bench.node()
        let other = try await bench.node(key: .second)
        let (key, token) = try await bench.credentials(of: node)
        let (otherKey, otherToken) = try await bench.credentials(of: other)
        try await bench.ssm(
            "DeregisterManagedInstance",
            ["InstanceId": .string(node.description)]
        )
        let fault = await #expect(throws: ServiceFault.self) {
            try await bench.iam.signingIdentity(accessKeyID: key, sessionToken: token)
        }
        #expect(fault?.code == "ExpiredTokenException")
        _ = try await bench.iam.signingIdentity(accessKeyID: otherKey, sessionToken: otherToken)
    }

    @Test func `an activation needs a role that trusts ssm.amazonaws.com`() async throws {
        let bench = try await RealBench()
        try await bench.iam(
            "CreateRole",
            [
                "RoleName": "Other",
                "AssumeRolePolicyDocument": .string(
                    RealBench.trust.replacing("ssm.amazonaws.com", with: "ec2.amazonaws.com")
                ),
            ]
        )
        for role in ["Other", "Nobody"] {
            let fault = await #expect(throws: ServiceFault.self) {
                try await bench.ssm("CreateActivation", ["IamRole": .string(role)])
            }
            #expect(
                fault
                    == ServiceFault(
                        "ValidationException",
                        "Nonexistent role or missing ssm service principal in trust policy: "
                            + "arn:aws:iam::111122223333:role/\(role)"
                    )
            )
        }
    }

    @Test func `an activation needs iam:PassRole for the role and for the service`() async throws {
        let bench = try await RealBench()
        _ = try await bench.node()
        let create = #"{"Effect":"Allow","Action":"ssm:CreateActivation","Resource":"*"}"#
        func pass(_ service: String) -> String {
            #"""
            {"Effect":"Allow","Action":"iam:PassRole",
             "Resource":"arn:aws:iam::111122223333:role/service-role/NodeRole",
             "Condition":{"StringEquals":{"iam:PassedToService":"\#(service)"}}}
            """#
        }
        let input: JSONValue = ["IamRole": "service-role/NodeRole"]
        let without = try await bench.user("without", create)
        #expect(
            await bench.refusal("CreateActivation", input, as: without) == "AccessDeniedException"
        )
        let elsewhere = try await bench.user("elsewhere", create + "," + pass("ec2.amazonaws.com"))
        #expect(
            await bench.refusal("CreateActivation", input, as: elsewhere)
                == "AccessDeniedException"
        )
        let with = try await bench.user("with", create + "," + pass("ssm.amazonaws.com"))
        #expect(await bench.refusal("CreateActivation", input, as: with) == nil)
    }
}
