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
                "Content": .string(bench.base.document(inputs: ["runAsEnabled": true])),
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
