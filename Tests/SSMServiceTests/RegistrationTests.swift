import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("Registration of a node")
struct RegistrationTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func refusal(_ input: JSONValue) async throws -> String {
        try await bench.fault("RegisterManagedInstance", input, as: .anonymous).code
    }

    @Test func `makes a node with the activation's role, name and tags`() async throws {
        let tags: JSONValue = [["Key": "Team", "Value": "web"]]
        let node = try await bench.register(["DefaultInstanceName": "web-1", "Tags": tags])
        let record = try await bench.service.requireNode(node, in: bench.scope).value
        #expect(record.role == "NodeRole")
        #expect(record.name == "web-1")
        #expect(record.tags == [Tag(key: "Team", value: "web")])
        let key = try await bench.service.publicKey(of: node, in: bench.scope)
        #expect(key.map { Data($0).base64EncodedString() } == TestKey.first.text)
    }

    @Test func `is not refused to an unsigned caller, and its key is asked for by nobody else`()
        async throws
    {
        let stranger = NodeID(entropy: bench.bench.entropy)
        #expect(try await bench.service.publicKey(of: stranger, in: bench.scope) == nil)
        let node = try await bench.register()
        let elsewhere = Scope(
            account: bench.scope.account,
            region: try Region(parsing: "eu-west-1")
        )
        #expect(try await bench.service.publicKey(of: node, in: elsewhere) == nil)
    }

    @Test func `needs the code that belongs to the id`() async throws {
        let first = try await bench.activate()
        let second = try await bench.activate()
        let crossed = bench.registration((id: first.id, code: second.code))
        #expect(try await refusal(crossed) == "InvalidActivation")
        let longer = bench.registration((id: first.id, code: first.code + "x"))
        #expect(try await refusal(longer) == "InvalidActivation")
        let unknown = bench.registration((id: bench.bench.entropy.uuid(), code: first.code))
        #expect(try await refusal(unknown) == "InvalidActivation")
        let malformed = bench.registration((id: "nonsense", code: first.code))
        #expect(try await refusal(malformed) == "InvalidActivationId")
    }

    @Test func `is over when the activation expires`() async throws {
        let activation = try await bench.activate()
        bench.bench.clock.advance(by: 24 * 60 * 60)
        #expect(try await refusal(bench.registration(activation)) == "ActivationExpired")
    }

    @Test func `stops at the limit, however many come at once`() async throws {
        let activation = try await bench.activate(["RegistrationLimit": 1])
        let outcomes = await withTaskGroup(of: String?.self) { group in
            for key in [TestKey.first, .second] {
                group.addTask {
                    do {
                        _ = try await bench.call(
                            "RegisterManagedInstance",
                            bench.registration(activation, key: key),
                            as: .anonymous
                        )
                        return nil
                    } catch {
                        return (error as? ServiceFault)?.code ?? "\(error)"
                    }
                }
            }
            var outcomes: [String?] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == "RegistrationLimitExceeded" } == 1)
        let list = try await bench.call("DescribeActivations")["ActivationList"]
        #expect(list?.elements.first?["RegistrationsCount"] == 1)
    }

    @Test func `repeated by the same machine it is the same node, and counts once`() async throws {
        let activation = try await bench.activate()
        let input = bench.registration(activation)
        let first = try await bench.call("RegisterManagedInstance", input, as: .anonymous)
        let again = try await bench.call("RegisterManagedInstance", input, as: .anonymous)
        #expect(first == again)
        let list = try await bench.call("DescribeInstanceInformation")["InstanceInformationList"]
        #expect(list?.elements.count == 1)
    }

    /// The refusal is recorded, and nobody has shown who they are.
    @Test func `is refused without repeating what a stranger wrote`() async throws {
        let activation = try await bench.activate()
        let written = String(repeating: "stranger ", count: 100)
        let fault = try await bench.fault(
            "RegisterManagedInstance",
            bench.registration(activation, fingerprint: written),
            as: .anonymous
        )
        #expect(
            fault.message
                == "1 validation error detected: Value at 'fingerprint' failed to satisfy "
                + "constraint: Member must have length less than or equal to 128"
        )
    }

    @Test func `with another node's key is refused`() async throws {
        _ = try await bench.register()
        let activation = try await bench.activate()
        #expect(try await refusal(bench.registration(activation)) == "ValidationException")
        let machine = bench.registration(activation, fingerprint: "f2")
        #expect(try await refusal(machine) == "ValidationException")
    }

    @Test(
        arguments: [
            ("PublicKey", .string(TestKey.short.text)), ("PublicKey", "AAAA"), ("PublicKey", .null),
            ("PublicKey", .string(String(repeating: "A", count: 400))),
            ("PublicKey", .string(String(repeating: "A", count: 4096))),
            ("PublicKeyType", "Ecdsa"), ("PublicKeyType", .null), ("Fingerprint", .null),
            ("Fingerprint", ""), ("ActivationCode", .null), ("IamRole", "Other"),
            ("Tags", []),
        ] as [(String, JSONValue)]
    )
    func `is refused for a bad member`(member: String, value: JSONValue) async throws {
        let activation = try await bench.activate()
        guard case .object(var input) = bench.registration(activation) else { return }
        input[member] = value
        #expect(try await refusal(.object(input)) == "ValidationException")
        let list = try await bench.call("DescribeInstanceInformation")["InstanceInformationList"]
        #expect(list == [])
    }
}

@Suite("A node's own key")
struct NodeKeyTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    @Test func `gets all five members of the role's credentials, for an hour`() async throws {
        let node = try await bench.register()
        let output = try await bench.call(
            "RequestManagedInstanceRoleToken",
            ["Fingerprint": "f1"],
            as: .node(node)
        )
        let expiration = Int64(bench.bench.clock.now().timeIntervalSince1970) + 3600
        #expect(
            output == [
                "AccessKeyId": "ASIA1", "SecretAccessKey": "secret of NodeRole",
                "SessionToken": .string("token of \(node)"),
                "TokenExpirationDate": .integer(expiration), "UpdateKeyPair": false,
            ]
        )
    }

    @Test(arguments: ["f2", "", "f1 "])
    func `is worth nothing on another machine`(fingerprint: String) async throws {
        let node = try await bench.register()
        let input: JSONValue = ["Fingerprint": .string(fingerprint)]
        let fault = try await bench.fault(
            "RequestManagedInstanceRoleToken",
            input,
            as: .node(node)
        )
        #expect(fault.code == "MachineFingerprintDoesNotMatch")
    }

    @Test func `of a node that is not registered opens nothing`() async throws {
        let stranger = NodeID(entropy: bench.bench.entropy)
        let fault = try await bench.fault(
            "RequestManagedInstanceRoleToken",
            ["Fingerprint": "f1"],
            as: .node(stranger)
        )
        #expect(
            fault == ServiceFault("InvalidInstanceId", "Not existing InstanceId \(stranger)")
        )
    }

    @Test func `is switched at once to the new one, and may be switched back`() async throws {
        let node = try await bench.register()
        func change(to key: TestKey) async throws {
            try await bench.call(
                "UpdateManagedInstancePublicKey",
                ["NewPublicKey": .string(key.text), "NewPublicKeyType": "Rsa"],
                as: .node(node)
            )
        }
        func current() async throws -> String? {
            try await bench.service.publicKey(of: node, in: bench.scope)
                .map { Data($0).base64EncodedString() }
        }
        try await change(to: .second)
        #expect(try await current() == TestKey.second.text)
        try await change(to: .second)
        #expect(try await current() == TestKey.second.text)
        try await change(to: .first)
        #expect(try await current() == TestKey.first.text)
    }

    @Test func `cannot become that of another node`() async throws {
        let node = try await bench.register()
        _ = try await bench.register(key: .second)
        let input: JSONValue = [
            "NewPublicKey": .string(TestKey.second.text), "NewPublicKeyType": "Rsa",
        ]
        let fault = try await bench.fault(
            "UpdateManagedInstancePublicKey",
            input,
            as: .node(node)
        )
        #expect(fault.code == "ValidationException")
    }

    @Test func `a key that was given up can be registered by another machine`() async throws {
        let node = try await bench.register()
        let input: JSONValue = [
            "NewPublicKey": .string(TestKey.second.text), "NewPublicKeyType": "Rsa",
        ]
        try await bench.call("UpdateManagedInstancePublicKey", input, as: .node(node))
        let other = try await bench.register(key: .first)
        #expect(other != node)
    }

    @Test(arguments: ["RequestManagedInstanceRoleToken", "UpdateManagedInstancePublicKey"])
    func `is what these operations are signed with`(name: String) throws {
        let operation = try #require(bench.service.operations.first { $0.name == name })
        #expect(operation.authentication == .nodeKey)
    }

    @Test func `cannot be stood in for by a user`() async throws {
        let fault = try await bench.fault(
            "RequestManagedInstanceRoleToken",
            ["Fingerprint": "f1"]
        )
        #expect(fault.code == "AccessDeniedException")
    }
}
