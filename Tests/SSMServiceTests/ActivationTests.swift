import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionDocument
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("An activation")
struct ActivationTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    @Test func `has a UUID and a code of 20 characters`() async throws {
        let (id, code) = try await bench.activate()
        #expect(ActivationRecord.isID(id))
        #expect(code.count == 20)
    }

    @Test func `defaults to one registration within 24 hours`() async throws {
        let (id, _) = try await bench.activate()
        let list = try await bench.call("DescribeActivations")["ActivationList"]
        let activation = try #require(list?.elements.first)
        #expect(activation["ActivationId"] == .string(id))
        #expect(activation["RegistrationLimit"] == 1)
        #expect(activation["RegistrationsCount"] == 0)
        #expect(activation["Expired"] == false)
        let now = Int64(bench.bench.clock.now().timeIntervalSince1970)
        #expect(activation["ExpirationDate"] == .integer(now + 24 * 60 * 60))
        #expect(activation["CreatedDate"] == .integer(now))
        #expect(activation["ActivationCode"] == nil)
    }

    @Test func `is expired once its time has come`() async throws {
        _ = try await bench.activate()
        bench.bench.clock.advance(by: 24 * 60 * 60)
        let list = try await bench.call("DescribeActivations")["ActivationList"]
        #expect(list?.elements.first?["Expired"] == true)
    }

    @Test(arguments: [
        (30 * 24 * 60 * 60, true), (30 * 24 * 60 * 60 + 1, false), (0, false), (-1, false),
        (1, true),
    ])
    func `expires within 30 days`(seconds: Int, isAccepted: Bool) async throws {
        let time = bench.bench.clock.now().timeIntervalSince1970 + Double(seconds)
        let input: JSONValue = ["IamRole": "NodeRole", "ExpirationDate": .number(time)]
        if isAccepted {
            try await bench.call("CreateActivation", input)
        } else {
            #expect(try await bench.fault("CreateActivation", input).code == "ValidationException")
        }
    }

    @Test func `needs a role that exists and trusts the service`() async throws {
        bench.roles.forget("Nobody")
        let fault = try await bench.fault("CreateActivation", ["IamRole": "Nobody"])
        #expect(
            fault
                == ServiceFault(
                    "ValidationException",
                    "Nonexistent role or missing ssm service principal in trust policy: "
                        + "arn:aws:iam::111122223333:role/Nobody"
                )
        )
    }

    @Test(
        arguments: [
            (["IamRole": .null], "'iamRole' failed to satisfy constraint: Member must not be null"),
            (["IamRole": .string(String(repeating: "r", count: 65))], "less than or equal to 64"),
            (["RegistrationLimit": 0], "greater than or equal to 1"),
            (["RegistrationLimit": 1001], "less than or equal to 1000"),
            (
                ["Description": .string(String(repeating: "d", count: 257))],
                "less than or equal to 256"
            ),
            (["DefaultInstanceName": "a;b"], "regular expression pattern"),
            (["Tags": [["Key": "", "Value": "v"]]], "greater than or equal to 1"),
            (["Tags": [["Key": "a*", "Value": "v"]]], "regular expression pattern"),
            (["RegistrationMetadata": [["Key": "k", "Value": "v"]]], "RegistrationMetadata"),
        ] as [([String: JSONValue], String)]
    )
    func `is refused with what is wrong in it`(
        change: [String: JSONValue],
        words: String
    ) async throws {
        let input = ["IamRole": JSONValue.string("NodeRole")].merging(change) { _, new in new }
        let fault = try await bench.fault("CreateActivation", .object(input))
        #expect(fault.code == "ValidationException")
        #expect(fault.message.contains(words))
    }

    @Test func `has up to 50 tags, and none of AWS's own`() async throws {
        func tags(_ count: Int) -> JSONValue {
            .array((0..<count).map { ["Key": .string("k\($0)"), "Value": "v"] })
        }
        _ = try await bench.activate(["Tags": tags(50)])
        let input: JSONValue = ["IamRole": "NodeRole", "Tags": tags(51)]
        #expect(try await bench.fault("CreateActivation", input).code == "TooManyTagsError")
        let reserved: JSONValue = [
            "IamRole": "NodeRole", "Tags": [["Key": "aws:x", "Value": "v"]],
        ]
        #expect(try await bench.fault("CreateActivation", reserved).code == "ValidationException")
    }

    @Test func `is found by its id, its name and its role`() async throws {
        let (id, _) = try await bench.activate(["DefaultInstanceName": "web"])
        _ = try await bench.activate(["DefaultInstanceName": "db", "IamRole": "Other"])
        func find(_ key: String, _ values: JSONValue) async throws -> Int {
            let input: JSONValue = [
                "Filters": [["FilterKey": .string(key), "FilterValues": values]]
            ]
            return try await bench.call("DescribeActivations", input)["ActivationList"]?
                .elements.count ?? 0
        }
        #expect(try await find("ActivationIds", [.string(id)]) == 1)
        #expect(try await find("DefaultInstanceName", ["web", "db"]) == 2)
        #expect(try await find("IamRole", ["Other"]) == 1)
        #expect(try await find("IamRole", ["Nobody"]) == 0)
        let input: JSONValue = ["Filters": [["FilterKey": "Colour", "FilterValues": ["red"]]]]
        #expect(try await bench.fault("DescribeActivations", input).code == "InvalidFilter")
    }

    @Test func `lists come in pages that hold each one once`() async throws {
        for _ in 0..<7 { _ = try await bench.activate() }
        var seen: [JSONValue] = []
        var token: JSONValue = .null
        repeat {
            let page = try await bench.call(
                "DescribeActivations",
                ["MaxResults": 3, "NextToken": token]
            )
            let list = try #require(page["ActivationList"]?.elements)
            #expect(list.count <= 3)
            seen += list.compactMap { $0["ActivationId"] }
            token = page["NextToken"] ?? .null
        } while token != .null
        #expect(seen.count == 7)
        #expect(Set(seen).count == 7)
    }

    @Test func `a page token of another question is refused`() async throws {
        for _ in 0..<3 { _ = try await bench.activate() }
        let page = try await bench.call("DescribeActivations", ["MaxResults": 1])
        let token = try #require(page["NextToken"])
        let other: JSONValue = [
            "NextToken": token,
            "Filters": [["FilterKey": "IamRole", "FilterValues": ["NodeRole"]]],
        ]
        #expect(try await bench.fault("DescribeActivations", other).code == "InvalidNextToken")
        let made: JSONValue = ["NextToken": "AAAA"]
        #expect(try await bench.fault("DescribeActivations", made).code == "InvalidNextToken")
    }

    @Test func `is gone after it is deleted`() async throws {
        let activation = try await bench.activate()
        try await bench.call("DeleteActivation", ["ActivationId": .string(activation.id)])
        #expect(
            try await bench.call("DescribeActivations")["ActivationList"]?.elements.isEmpty == true
        )
        let again: JSONValue = ["ActivationId": .string(activation.id)]
        #expect(try await bench.fault("DeleteActivation", again).code == "InvalidActivation")
        let malformed: JSONValue = ["ActivationId": "x"]
        #expect(try await bench.fault("DeleteActivation", malformed).code == "InvalidActivationId")
        let use = bench.registration(activation)
        #expect(
            try await bench.fault("RegisterManagedInstance", use, as: .anonymous).code
                == "InvalidActivation"
        )
    }

    @Test func `its code is nowhere in what is stored, even opened`() async throws {
        let (id, code) = try await bench.activate()
        let store = bench.bench.store
        let record = try #require(
            try await store.get(.activation(id, bench.scope), as: JSONValue.self)
        )
        #expect(!record.value.text().contains(code))
        let audit = try await AuditTrail(store: store).newest(10, in: bench.scope)
        #expect(audit.count == 1)
        #expect(!String(describing: audit).contains(code))
    }
}
