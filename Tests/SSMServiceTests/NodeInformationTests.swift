import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("What is known of a node")
struct NodeInformationTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func list(_ input: JSONValue = [:]) async throws -> [JSONValue] {
        try await bench.call("DescribeInstanceInformation", input)["InstanceInformationList"]?
            .elements ?? []
    }

    private func ping(_ node: NodeID, _ more: [String: JSONValue] = [:]) async throws {
        let input = ["InstanceId": JSONValue.string(node.description)].merging(more) { _, new in new
        }
        try await bench.call(
            "UpdateInstanceInformation",
            .object(input),
            as: bench.session(of: node)
        )
    }

    @Test func `comes from its pings, and what a ping leaves out stays`() async throws {
        let node = try await bench.register(["DefaultInstanceName": "web"])
        try await ping(
            node,
            [
                "AgentName": "amazon-ssm-agent", "AgentVersion": "3.3.0.0",
                "PlatformType": "Linux", "PlatformName": "Debian GNU/Linux",
                "PlatformVersion": "12", "IPAddress": "10.0.0.7", "ComputerName": "web-1",
                "AgentStatus": "Active", "AvailabilityZone": "", "SSMConnectionChannel": "",
            ]
        )
        try await ping(node, ["AgentVersion": "3.3.1.0", "PlatformType": "Linux"])
        let found = try #require(try await list().first)
        let now = Int64(bench.bench.clock.now().timeIntervalSince1970)
        #expect(found["InstanceId"] == .string(node.description))
        #expect(found["Name"] == "web")
        #expect(found["AgentVersion"] == "3.3.1.0")
        #expect(found["PlatformName"] == "Debian GNU/Linux")
        #expect(found["IPAddress"] == "10.0.0.7")
        #expect(found["ComputerName"] == "web-1")
        #expect(found["IamRole"] == "NodeRole")
        #expect(found["ResourceType"] == "ManagedInstance")
        #expect(found["LastPingDateTime"] == .integer(now))
        #expect(found["RegistrationDate"] == .integer(now))
        #expect(found["SourceType"] == "AWS::SSM::ManagedInstance")
    }

    @Test func `only the node itself says`() async throws {
        let node = try await bench.register()
        let other = try await bench.register(key: .second)
        let input: JSONValue = ["InstanceId": .string(node.description)]
        for principal in [
            bench.session(of: other), bench.session(of: node, role: "Admin"),
            bench.session(of: node, service: nil),
        ] {
            let fault = try await bench.fault(
                "UpdateInstanceInformation",
                input,
                as: principal
            )
            #expect(fault.code == "AccessDeniedException")
        }
        let user = try await bench.fault("UpdateInstanceInformation", input)
        #expect(user.code == "AccessDeniedException")
        #expect(try await list().allSatisfy { $0["LastPingDateTime"] == nil })
    }

    @Test(
        arguments: [
            //  connected, ping before now, channel closed before now, expected
            (true, nil, nil, PingStatus.online),
            (false, nil, nil, .inactive),
            (false, nil, 10, .connectionLost),
            (false, 600, nil, .online),
            (false, 601, nil, .connectionLost),
            (false, 20, 10, .connectionLost),
            (false, 10, 20, .online),
            (true, 9999, 10, .online),
        ] as [(Bool, Double?, Double?, PingStatus)]
    )
    func `says whether it is there`(
        isConnected: Bool,
        pingAge: Double?,
        closedAge: Double?,
        expected: PingStatus
    ) {
        let now = bench.bench.clock.now()
        let status = PingStatus(
            isConnected: isConnected,
            lastPing: pingAge.map { now.addingTimeInterval(-$0) },
            lastDisconnected: closedAge.map { now.addingTimeInterval(-$0) },
            now: now
        )
        #expect(status == expected)
    }

    @Test func `is found by each filter`() async throws {
        let web = try await bench.register(["Tags": [["Key": "Team", "Value": "web"]]])
        let database = try await bench.register(["IamRole": "Other"], key: .second)
        bench.gateway.connect(web)
        try await ping(web, ["AgentVersion": "3.3.0.0", "PlatformType": "Linux"])
        let activation = try await bench.service.requireNode(web, in: bench.scope).value
            .activationID
        let both = [web, database].map(\.description).sorted()
        let cases: [(String, JSONValue, [String])] = [
            ("InstanceIds", [.string(web.description)], [web.description]),
            ("InstanceIds", [.string(web.description), .string(database.description)], both),
            ("InstanceIds", ["i-0123456789abcdef0"], []),
            ("PingStatus", ["Online"], [web.description]),
            ("PingStatus", ["Inactive"], [database.description]),
            ("ActivationIds", [.string(activation)], [web.description]),
            ("IamRole", ["Other"], [database.description]),
            ("PlatformTypes", ["Linux"], [web.description]),
            ("AgentVersion", ["3.3.0.0"], [web.description]),
            ("ResourceType", ["ManagedInstance"], both),
            ("ResourceType", ["EC2Instance"], []),
            ("AssociationStatus", ["Success"], []),
            ("tag:Team", ["web", "db"], [web.description]),
            ("tag:Team", ["db"], []),
            ("tag-key", ["Team"], [web.description]),
        ]
        for (key, values, expected) in cases {
            let current: JSONValue = ["Filters": [["Key": .string(key), "Values": values]]]
            let legacy: JSONValue = [
                "InstanceInformationFilterList": [["key": .string(key), "valueSet": values]]
            ]
            for input in [current, legacy] {
                let found = try await list(input).compactMap { $0["InstanceId"]?.string }
                #expect(found == expected, "\(key)")
            }
        }
    }

    @Test(
        arguments: [
            ("Colour", ["red"], "InvalidFilterKey"),
            ("PingStatus", ["Sleepy"], "InvalidInstanceInformationFilterValue"),
            ("PlatformTypes", ["BeOS"], "InvalidInstanceInformationFilterValue"),
            ("InstanceIds", ["nonsense"], "InvalidInstanceId"),
            ("InstanceIds", [], "ValidationException"),
        ] as [(String, [String], String)]
    )
    func `is not asked for by a filter that makes no sense`(
        key: String,
        values: [String],
        code: String
    ) async throws {
        let input: JSONValue = [
            "Filters": [["Key": .string(key), "Values": .array(values.map { .string($0) })]]
        ]
        #expect(try await bench.fault("DescribeInstanceInformation", input).code == code)
    }

    @Test(arguments: [(4, false), (5, true), (50, true), (51, false)])
    func `comes in pages of 5 to 50`(size: Int64, isAccepted: Bool) async throws {
        let input: JSONValue = ["MaxResults": .integer(size)]
        if isAccepted {
            #expect(try await list(input).isEmpty)
        } else {
            let fault = try await bench.fault("DescribeInstanceInformation", input)
            #expect(fault.code == "ValidationException")
        }
    }

    @Test func `has no associations`() async throws {
        let node = try await bench.register()
        let input: JSONValue = ["InstanceId": .string(node.description), "MaxResults": 20]
        let output = try await bench.call(
            "ListInstanceAssociations",
            input,
            as: bench.session(of: node)
        )
        #expect(output == ["Associations": []])
    }
}

@Suite("Deregistration")
struct DeregistrationTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func deregister(_ node: NodeID) async throws {
        try await bench.call(
            "DeregisterManagedInstance",
            ["InstanceId": .string(node.description)]
        )
    }

    @Test func `ends a node's key, credentials, sessions and channel`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        try await deregister(node)

        #expect(try await bench.service.publicKey(of: node, in: bench.scope) == nil)
        let revoked = try await bench.bench.engines.records.get(
            ScriptedRoles.revocationKey(node.description)
        )
        #expect(revoked?.value == Array("ssm.amazonaws.com".utf8))
        #expect(
            bench.gateway.closed == [
                .init(
                    session: session.description,
                    output: "The managed node \(node) was deregistered."
                )
            ]
        )
        #expect(bench.gateway.disconnected == [node])
        #expect(try await bench.state(of: session) == .terminated)
    }

    @Test func `shuts every door to credentials that the node still has`() async throws {
        let node = try await bench.connectedNode()
        let session = try await bench.start(node)
        try await deregister(node)
        let old = bench.session(of: node)
        let input: JSONValue = ["InstanceId": .string(node.description)]
        #expect(
            try await bench.fault("UpdateInstanceInformation", input, as: old).code
                == "InvalidInstanceId"
        )
        #expect(
            try await bench.fault("ListInstanceAssociations", input, as: old).code
                == "InvalidInstanceId"
        )
        #expect(
            try await bench.fault(
                "RequestManagedInstanceRoleToken",
                ["Fingerprint": "f1"],
                as: .node(node)
            ).code == "InvalidInstanceId"
        )
        let context = bench.context("CreateControlChannel", as: old)
        await #expect(throws: ServiceFault.self) {
            try await bench.service.createControlChannel(node: node, in: context)
        }
        await #expect(throws: ServiceFault.self) {
            try await bench.service.createDataChannel(session: session, in: context)
        }
    }

    @Test func `of a node that is not there is refused`() async throws {
        let node = try await bench.register()
        try await deregister(node)
        for id in [node.description, "mi-short", "i-0123456789abcdef0"] {
            let fault = try await bench.fault(
                "DeregisterManagedInstance",
                ["InstanceId": .string(id)]
            )
            #expect(fault.code == "InvalidInstanceId")
        }
    }

    @Test func `leaves the key free for a new registration`() async throws {
        let node = try await bench.register()
        try await deregister(node)
        #expect(try await bench.register() != node)
    }

    @Test func `is refused without permission, and leaves everything`() async throws {
        let node = try await bench.register()
        bench.bench.authorizer.refuse("ssm:DeregisterManagedInstance")
        let input: JSONValue = ["InstanceId": .string(node.description)]
        let fault = try await bench.fault("DeregisterManagedInstance", input)
        #expect(fault.code == "AccessDeniedException")
        #expect(try await bench.service.publicKey(of: node, in: bench.scope) != nil)
    }
}

@Suite("A node's role")
struct NodeRoleTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    @Test func `is changed at once, for the credentials that exist too`() async throws {
        let node = try await bench.register()
        try await bench.call(
            "UpdateManagedInstanceRole",
            ["InstanceId": .string(node.description), "IamRole": "service-role/Strict"]
        )
        let token = try await bench.call(
            "RequestManagedInstanceRoleToken",
            ["Fingerprint": "f1"],
            as: .node(node)
        )
        #expect(token["SecretAccessKey"] == "secret of service-role/Strict")
        let input: JSONValue = ["InstanceId": .string(node.description)]
        let old = try await bench.fault(
            "UpdateInstanceInformation",
            input,
            as: bench.session(of: node)
        )
        #expect(old.code == "AccessDeniedException")
        try await bench.call(
            "UpdateInstanceInformation",
            input,
            as: bench.session(of: node, role: "Strict")
        )
    }

    @Test func `has to exist`() async throws {
        let node = try await bench.register()
        bench.roles.forget("Nobody")
        let input: JSONValue = ["InstanceId": .string(node.description), "IamRole": "Nobody"]
        let fault = try await bench.fault("UpdateManagedInstanceRole", input)
        #expect(fault.code == "ValidationException")
    }
}
