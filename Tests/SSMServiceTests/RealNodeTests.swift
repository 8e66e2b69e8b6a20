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

    @Test func `credentials of the role that it had fail on the next call`() async throws {
        let bench = try await RealBench()
        let node = try await bench.node()
        let other = try await bench.node(key: .second)
        try await bench.iam(
            "CreateRole",
            ["RoleName": "Strict", "AssumeRolePolicyDocument": .string(RealBench.trust)]
        )
        func give(_ role: JSONValue) async throws {
            try await bench.ssm(
                "UpdateManagedInstanceRole",
                ["InstanceId": .string(node.description), "IamRole": role]
            )
        }
        let (key, token) = try await bench.credentials(of: node)
        let (otherKey, otherToken) = try await bench.credentials(of: other)
        // The role that it has already changes nothing.
        try await give("service-role/NodeRole")
        _ = try await bench.iam.signingIdentity(accessKeyID: key, sessionToken: token)
        try await give("Strict")
        let refused = await #expect(throws: ServiceFault.self) {
            try await bench.iam.signingIdentity(accessKeyID: key, sessionToken: token)
        }
        #expect(refused?.code == "ExpiredTokenException")
        _ = try await bench.iam.signingIdentity(accessKeyID: otherKey, sessionToken: otherToken)
        let (newKey, newToken) = try await bench.credentials(of: node)
        let new = try await bench.iam.signingIdentity(accessKeyID: newKey, sessionToken: newToken)
        #expect(new.principal.arn?.resource == "assumed-role/Strict/\(node)")
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
