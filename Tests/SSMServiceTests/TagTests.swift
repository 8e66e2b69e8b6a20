import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("Tags")
struct TagTests {
    let bench: SSMBench

    init() throws { bench = try SSMBench() }

    private func resource(_ type: String) async throws -> [String: JSONValue] {
        if type == "ManagedInstance" {
            let node = try await bench.register()
            return ["ResourceType": .string(type), "ResourceId": .string(node.description)]
        }
        try await bench.prefer([:])
        return ["ResourceType": .string(type), "ResourceId": "SSM-SessionManagerRunShell"]
    }

    private func tags(_ resource: [String: JSONValue]) async throws -> JSONValue? {
        try await bench.call("ListTagsForResource", .object(resource))["TagList"]
    }

    @Test(arguments: ["ManagedInstance", "Document"])
    func `are added, overwritten and removed`(type: String) async throws {
        let resource = try await resource(type)
        func add(_ key: String, _ value: String) async throws {
            let tags: JSONValue = [["Key": .string(key), "Value": .string(value)]]
            try await bench.call(
                "AddTagsToResource",
                .object(resource.merging(["Tags": tags]) { $1 })
            )
        }
        try await add("Team", "web")
        try await add("Env", "test")
        try await add("Team", "db")
        #expect(
            try await tags(resource) == [
                ["Key": "Env", "Value": "test"], ["Key": "Team", "Value": "db"],
            ]
        )
        try await bench.call(
            "RemoveTagsFromResource",
            .object(resource.merging(["TagKeys": ["Team", "Other"]]) { $1 })
        )
        #expect(try await tags(resource) == [["Key": "Env", "Value": "test"]])
    }

    @Test func `number 50 at most, over several calls`() async throws {
        let resource = try await resource("ManagedInstance")
        func add(_ range: Range<Int>) -> JSONValue {
            let tags = range.map { ["Key": .string("k\($0)"), "Value": "v"] as JSONValue }
            return .object(resource.merging(["Tags": .array(tags)]) { $1 })
        }
        try await bench.call("AddTagsToResource", add(0..<50))
        try await bench.call("AddTagsToResource", add(49..<50))
        let fault = try await bench.fault("AddTagsToResource", add(50..<51))
        #expect(fault.code == "TooManyTagsError")
    }

    @Test(arguments: ["AddTagsToResource", "RemoveTagsFromResource", "ListTagsForResource"])
    func `are of nodes and documents only`(operation: String) async throws {
        let base: [String: JSONValue] = [
            "Tags": [["Key": "k", "Value": "v"]], "TagKeys": ["k"], "ResourceId": "x",
        ]
        for (type, code) in [
            ("Parameter", "InvalidResourceType"), ("ManagedInstance", "InvalidResourceId"),
            ("Document", "InvalidResourceId"),
        ] {
            let input = base.merging(["ResourceType": .string(type)]) { $1 }
            #expect(try await bench.fault(operation, .object(input)).code == code)
        }
    }

    @Test(arguments: ["ManagedInstance", "Document"])
    func `do not differ in case alone`(type: String) async throws {
        let resource = try await resource(type)
        func add(_ keys: String...) -> JSONValue {
            let tags = keys.map { ["Key": .string($0), "Value": "v"] as JSONValue }
            return .object(resource.merging(["Tags": .array(tags)]) { $1 })
        }
        try await bench.call("AddTagsToResource", add("env"))
        for keys in [add("Env"), add("Team", "tEAM")] {
            let fault = try await bench.fault("AddTagsToResource", keys)
            #expect(fault.code == "ValidationException")
        }
        #expect(try await tags(resource) == [["Key": "env", "Value": "v"]])
    }

    @Test func `of what is made are refused by the same rules`() async throws {
        let tags: JSONValue = [["Key": "env", "Value": "1"], ["Key": "Env", "Value": "2"]]
        let activation: JSONValue = ["IamRole": "R", "Tags": tags]
        let document: JSONValue = [
            "Name": "Doc", "DocumentType": "Session", "Tags": tags,
            "Content": .string(bench.document(inputs: [:])),
        ]
        for (operation, input) in [("CreateActivation", activation), ("CreateDocument", document)] {
            let fault = try await bench.fault(operation, input)
            #expect(
                fault.message
                    == "Tag keys must differ in more than case, and 'Env' and 'env' do not."
            )
        }
    }

    @Test func `of what is made need the permission to tag`() async throws {
        let tags: JSONValue = [["Key": "Team", "Value": "web"]]
        let content = bench.document(inputs: [:])
        func document(_ name: JSONValue, _ more: [String: JSONValue]) -> JSONValue {
            let input: [String: JSONValue] = [
                "Name": name, "DocumentType": "Session", "Content": .string(content),
            ]
            return .object(input.merging(more) { $1 })
        }
        bench.bench.authorizer.refuse("ssm:AddTagsToResource")
        let base = "arn:aws:ssm:us-east-1:111122223333:"
        for (operation, input, resource) in [
            ("CreateActivation", ["IamRole": "R", "Tags": tags], "managed-instance/*"),
            ("CreateDocument", document("Doc", ["Tags": tags]), "document/Doc"),
        ] as [(String, JSONValue, String)] {
            #expect(try await bench.fault(operation, input).code == "AccessDeniedException")
            let asked = try #require(bench.bench.authorizer.asked.last)
            #expect(asked.action == "ssm:AddTagsToResource")
            #expect(asked.resource == base + resource)
            #expect(asked.conditionValues["aws:RequestTag/Team"] == ["web"])
            #expect(asked.conditionValues["aws:TagKeys"] == ["Team"])
        }
        try await bench.call("CreateActivation", ["IamRole": "R"])
        try await bench.call("CreateDocument", document("Doc", [:]))
    }

    @Test func `can be asked about by policies`() async throws {
        let node = try await bench.register(["Tags": [["Key": "Team", "Value": "web"]]])
        let input: JSONValue = [
            "ResourceType": "ManagedInstance", "ResourceId": .string(node.description),
            "Tags": [["Key": "Env", "Value": "test"]],
        ]
        try await bench.call("AddTagsToResource", input)
        let asked = try #require(bench.bench.authorizer.asked.last)
        #expect(
            asked.resource == "arn:aws:ssm:us-east-1:111122223333:managed-instance/\(node)"
        )
        #expect(asked.conditionValues["ssm:resourceTag/Team"] == ["web"])
        #expect(asked.conditionValues["aws:ResourceTag/Team"] == ["web"])
        #expect(asked.conditionValues["aws:RequestTag/Env"] == ["test"])
        #expect(asked.conditionValues["aws:TagKeys"] == ["Env"])
    }
}
