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
struct RealBench {
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
