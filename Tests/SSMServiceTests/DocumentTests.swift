import FoundationEssentials
import ServiceKit
import ServiceTestKit
import SessionWire
import Simulation
import Storage
import Testing
import Vocabulary

@testable import SSMService

@Suite("Documents")
struct DocumentTests {
    let bench: SSMBench
    static let preferences = "SSM-SessionManagerRunShell"

    init() throws { bench = try SSMBench() }

    private func content(_ minutes: Int) throws -> JSONValue {
        .string(bench.document(inputs: ["idleSessionTimeout": .string(String(minutes))]))
    }

    @discardableResult
    private func create(
        _ name: String,
        _ minutes: Int = 5,
        _ more: [String: JSONValue] = [:]
    ) async throws -> JSONValue {
        let input: [String: JSONValue] = [
            "Name": .string(name), "Content": try content(minutes), "DocumentType": "Session",
        ]
        return try await bench.call("CreateDocument", .object(input.merging(more) { $1 }))
    }

    @discardableResult
    private func update(
        _ name: String,
        _ minutes: Int,
        _ version: JSONValue = "$LATEST",
        _ more: [String: JSONValue] = [:]
    ) async throws -> JSONValue {
        let input: [String: JSONValue] = [
            "Name": .string(name), "Content": try content(minutes), "DocumentVersion": version,
        ]
        return try await bench.call("UpdateDocument", .object(input.merging(more) { $1 }))
    }

    private func idle(_ name: String, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        let input = ["Name": JSONValue.string(name)].merging(more) { $1 }
        return try #require(try await bench.call("GetDocument", .object(input))["Content"])
    }

    @Test func `the preferences do not exist until they are created`() async throws {
        let name: JSONValue = ["Name": .string(Self.preferences)]
        for operation in ["GetDocument", "DescribeDocument", "DeleteDocument"] {
            #expect(try await bench.fault(operation, name).code == "InvalidDocument")
        }
        let update: JSONValue = [
            "Name": .string(Self.preferences), "Content": try content(5),
            "DocumentVersion": "$LATEST",
        ]
        #expect(try await bench.fault("UpdateDocument", update).code == "InvalidDocument")
    }

    @Test func `are described as AWS does`() async throws {
        let output = try await create(
            "Shell",
            5,
            ["VersionName": "first", "DisplayName": "My shell", "DocumentFormat": "JSON"]
        )
        let created = try #require(output["DocumentDescription"])
        #expect(created["Status"] == "Creating")
        let described = try #require(
            try await bench.call("DescribeDocument", ["Name": "Shell"])["Document"]
        )
        #expect(described["Status"] == "Active")
        #expect(described["Name"] == "Shell")
        #expect(described["DocumentVersion"] == "1")
        #expect(described["LatestVersion"] == "1")
        #expect(described["DefaultVersion"] == "1")
        #expect(described["DocumentType"] == "Session")
        #expect(described["DocumentFormat"] == "JSON")
        #expect(described["SchemaVersion"] == "1.0")
        #expect(described["Owner"] == "111122223333")
        #expect(described["VersionName"] == "first")
        #expect(described["DisplayName"] == "My shell")
        #expect(described["HashType"] == "Sha256")
        #expect(described["Hash"]?.string?.count == 64)
        #expect(described["PlatformTypes"] == ["Windows", "Linux", "MacOS"])
    }

    @Test func `have the content that was written, byte for byte`() async throws {
        let text =
            "{ \"schemaVersion\" :\"1.0\",\n\"sessionType\":\"Standard_Stream\",\"inputs\":{}}"
        let input: JSONValue = [
            "Name": "Shell", "Content": .string(text), "DocumentType": "Session",
        ]
        try await bench.call("CreateDocument", input)
        #expect(try await idle("Shell") == .string(text))
    }

    @Test(
        arguments: [
            (["DocumentType": "Command"], "ValidationException", "Command"),
            (["DocumentType": .null], "ValidationException", "Command"),
            (["DocumentType": "Automation"], "ValidationException", "Automation"),
            (["DocumentFormat": "YAML"], "ValidationException", "YAML"),
            (["DocumentFormat": "TEXT"], "ValidationException", "TEXT"),
            (["DocumentFormat": "XML"], "ValidationException", "enum"),
            (["Name": "ab"], "ValidationException", "pattern"),
            (["Name": "a b c"], "ValidationException", "pattern"),
            (
                ["Name": .string(String(repeating: "n", count: 129))], "ValidationException",
                "pattern"
            ),
            (["Name": "AWS-Mine"], "ValidationException", "reserved"),
            (["Name": "amazonMine"], "ValidationException", "reserved"),
            (["Name": .null], "ValidationException", "null"),
            (["Content": .null], "ValidationException", "null"),
            (["Content": ""], "ValidationException", "length"),
            (
                ["Content": #"{"schemaVersion":"2.0"}"#], "InvalidDocumentSchemaVersion",
                "2.0 is not a valid schema version for Session document type"
            ),
            (["Content": "schemaVersion: '1.0'"], "InvalidDocumentContent", "JSON"),
            (["VersionName": "a b"], "ValidationException", "pattern"),
            (["Requires": [["Name": "x"]]], "ValidationException", "Requires"),
            (["Attachments": [["Key": "x"]]], "ValidationException", "Attachments"),
            (
                ["Content": .string(String(repeating: " ", count: 64 * 1024 + 1))],
                "MaxDocumentSizeExceeded", "64 KB"
            ),
            (
                ["Content": .string(String(repeating: " ", count: 64 * 1024))],
                "InvalidDocumentContent", "JSON"
            ),
        ] as [([String: JSONValue], String, String)]
    )
    func `are refused with what is wrong`(
        change: [String: JSONValue],
        code: String,
        words: String
    ) async throws {
        let base: [String: JSONValue] = [
            "Name": "Shell", "Content": try content(5), "DocumentType": "Session",
        ]
        let fault = try await bench.fault("CreateDocument", .object(base.merging(change) { $1 }))
        #expect(fault.code == code)
        #expect(fault.message.contains(words))
    }

    @Test(
        arguments: [
            (["DocumentFormat": "YAML"], "ValidationException", "YAML"),
            (["DocumentFormat": "XML"], "ValidationException", "enum"),
            (["Name": "a b c"], "ValidationException", "pattern"),
            (["Name": .null], "ValidationException", "null"),
            (["Name": "Other"], "InvalidDocument", "does not exist"),
            (["Content": .null], "ValidationException", "null"),
            (["Content": ""], "ValidationException", "length"),
            (["Content": "{}"], "InvalidDocumentSchemaVersion", "not a valid schema version"),
            (["Content": "no"], "InvalidDocumentContent", "JSON"),
            (
                ["Content": .string(String(repeating: " ", count: 64 * 1024 + 1))],
                "MaxDocumentSizeExceeded", "64 KB"
            ),
            (["VersionName": "a b"], "ValidationException", "pattern"),
            (["Attachments": [["Key": "x"]]], "ValidationException", "Attachments are"),
        ] as [([String: JSONValue], String, String)]
    )
    func `are not updated with what is wrong`(
        change: [String: JSONValue],
        code: String,
        words: String
    ) async throws {
        try await create("Shell")
        let base: [String: JSONValue] = [
            "Name": "Shell", "Content": try content(6), "DocumentVersion": "$LATEST",
        ]
        let fault = try await bench.fault("UpdateDocument", .object(base.merging(change) { $1 }))
        #expect(fault.code == code)
        #expect(fault.message.contains(words))
        let versions = try await bench.call("ListDocumentVersions", ["Name": "Shell"])
        #expect(versions["DocumentVersions"]?.elements.count == 1)
    }

    @Test func `have a name once`() async throws {
        try await create("Shell")
        let input: JSONValue = [
            "Name": "Shell", "Content": try content(6), "DocumentType": "Session",
        ]
        #expect(try await bench.fault("CreateDocument", input).code == "DocumentAlreadyExists")
    }

    @Test func `number 500, and one that is deleted makes room`() async throws {
        let scope = bench.scope
        let key = try bench.bench.store.put(.documentCount(scope), 499)
        try await bench.bench.store.commit(.init(changes: [key]))
        try await create("Number-500")
        let input: JSONValue = [
            "Name": "Number-501", "Content": try content(6), "DocumentType": "Session",
        ]
        #expect(try await bench.fault("CreateDocument", input).code == "DocumentLimitExceeded")
        try await bench.call("DeleteDocument", ["Name": "Number-500"])
        try await bench.call("CreateDocument", input)
    }

    @Test func `get a new version, and the default stays`() async throws {
        try await create("Shell", 5)
        let output = try await update("Shell", 6, "$LATEST", ["VersionName": "second"])
        let description = try #require(output["DocumentDescription"])
        #expect(description["Status"] == "Updating")
        #expect(description["DocumentVersion"] == "2")
        #expect(description["LatestVersion"] == "2")
        #expect(description["DefaultVersion"] == "1")
        try await update("Shell", 7, "2")

        #expect(try await idle("Shell") == content(5))
        #expect(try await idle("Shell", ["DocumentVersion": "$DEFAULT"]) == content(5))
        #expect(try await idle("Shell", ["DocumentVersion": "$LATEST"]) == content(7))
        #expect(try await idle("Shell", ["DocumentVersion": "2"]) == content(6))
        #expect(try await idle("Shell", ["VersionName": "second"]) == content(6))
    }

    @Test(arguments: ["1", "3", "0", "$DEFAULT", "x", .null] as [JSONValue])
    func `are updated at their latest version only`(version: JSONValue) async throws {
        try await create("Shell", 5)
        try await update("Shell", 6)
        let input: JSONValue = [
            "Name": "Shell", "Content": try content(7), "DocumentVersion": version,
        ]
        #expect(try await bench.fault("UpdateDocument", input).code == "InvalidDocumentVersion")
    }

    @Test func `refuse content that a version has already, and a version's name again`()
        async throws
    {
        try await create("Shell", 5, ["VersionName": "first"])
        try await update("Shell", 6)
        for minutes in [5, 6] {
            let input: JSONValue = [
                "Name": "Shell", "Content": try content(minutes), "DocumentVersion": "$LATEST",
            ]
            let fault = try await bench.fault("UpdateDocument", input)
            #expect(fault.code == "DuplicateDocumentContent")
        }
        let named: JSONValue = [
            "Name": "Shell", "Content": try content(7), "DocumentVersion": "$LATEST",
            "VersionName": "first",
        ]
        let fault = try await bench.fault("UpdateDocument", named)
        #expect(fault.code == "DuplicateDocumentVersionName")
    }

    @Test(arguments: ["9", "0", "-1", "$LATEST", "01"])
    func `have a default version that exists`(version: String) async throws {
        try await create("Shell", 5)
        let bad: JSONValue = ["Name": "Shell", "DocumentVersion": .string(version)]
        let fault = try await bench.fault("UpdateDocumentDefaultVersion", bad)
        #expect(fault.code == "InvalidDocumentVersion")
    }

    @Test func `are read at the version that is made the default`() async throws {
        try await create("Shell", 5)
        try await update("Shell", 6)
        let output = try await bench.call(
            "UpdateDocumentDefaultVersion",
            ["Name": "Shell", "DocumentVersion": "2"]
        )
        #expect(output["Description"] == ["Name": "Shell", "DefaultVersion": "2"])
        #expect(try await idle("Shell") == content(6))
        let versions = try await bench.call("ListDocumentVersions", ["Name": "Shell"])
        let list = try #require(versions["DocumentVersions"]?.elements)
        #expect(list.map { $0["DocumentVersion"] } == ["2", "1"])
        #expect(list.map { $0["IsDefaultVersion"] } == [true, false])
    }

    @Test func `can lose a version that is not the default, whose number does not come back`()
        async throws
    {
        try await create("Shell", 5)
        try await update("Shell", 6)
        let fault = try await bench.fault(
            "DeleteDocument",
            ["Name": "Shell", "DocumentVersion": "1"]
        )
        #expect(fault.code == "InvalidDocumentOperation")
        try await bench.call("DeleteDocument", ["Name": "Shell", "DocumentVersion": "2"])
        let gone: JSONValue = ["Name": "Shell", "DocumentVersion": "2"]
        #expect(try await bench.fault("GetDocument", gone).code == "InvalidDocumentVersion")
        let output = try await update("Shell", 7, "1")
        #expect(output["DocumentDescription"]?["DocumentVersion"] == "3")
    }

    @Test func `are gone with all versions when they are deleted`() async throws {
        try await create("Shell", 5)
        try await update("Shell", 6)
        try await bench.call("DeleteDocument", ["Name": "Shell"])
        #expect(try await bench.fault("GetDocument", ["Name": "Shell"]).code == "InvalidDocument")
        try await create("Shell", 8)
        let versions = try await bench.call("ListDocumentVersions", ["Name": "Shell"])
        #expect(versions["DocumentVersions"]?.elements.count == 1)
    }

    @Test func `of AWS's own are AWS-StartInteractiveCommand, which nobody changes`() async throws {
        let name = "AWS-StartInteractiveCommand"
        let described = try await bench.call("DescribeDocument", ["Name": .string(name)])
        #expect(described["Document"]?["Owner"] == "Amazon")
        #expect(described["Document"]?["Parameters"]?.elements.first?["Name"] == "command")
        for operation in ["UpdateDocument", "DeleteDocument", "UpdateDocumentDefaultVersion"] {
            let input: JSONValue = [
                "Name": .string(name), "Content": try content(5), "DocumentVersion": "1",
            ]
            #expect(try await bench.fault(operation, input).code == "InvalidDocument")
        }
        let other = try await bench.fault("GetDocument", ["Name": "AWS-StartSSHSession"])
        #expect(other.code == "InvalidDocument")
        #expect(
            other.message
                == "Document with name AWS-StartSSHSession is not supported; of AWS's own documents "
                + "there is AWS-StartInteractiveCommand."
        )
        let asked = try #require(bench.bench.authorizer.asked.last)
        #expect(asked.resource == "arn:aws:ssm:us-east-1::document/AWS-StartSSHSession")
    }

    @Test func `of an account are shared with nobody`() async throws {
        try await create("Shell")
        let share: JSONValue = ["Name": "Shell", "PermissionType": "Share"]
        let output = try await bench.call("DescribeDocumentPermission", share)
        #expect(output == ["AccountIds": [], "AccountSharingInfoList": []])
        let other: JSONValue = ["Name": "Other", "PermissionType": "Share"]
        let fault = try await bench.fault("DescribeDocumentPermission", other)
        #expect(fault.message == "Document with name Other does not exist.")
        for (member, value) in [
            ("PermissionType", "All"), ("PermissionType", .null), ("MaxResults", 201),
            ("MaxResults", 0),
        ] as [(String, JSONValue)] {
            let input: [String: JSONValue] = ["Name": "Shell", "PermissionType": "Share"]
            let bad = try await bench.fault(
                "DescribeDocumentPermission",
                .object(input.merging([member: value]) { $1 })
            )
            #expect(bad.code == "ValidationException", "\(member)")
        }
        let token: JSONValue = [
            "Name": "Shell", "PermissionType": "Share", "NextToken": "x", "MaxResults": 200,
        ]
        #expect(
            try await bench.fault("DescribeDocumentPermission", token).code == "InvalidNextToken"
        )
    }

    @Test func `are listed by each filter`() async throws {
        try await create("Shell-1", 5, ["Tags": [["Key": "Team", "Value": "web"]]])
        try await create("Shell-2", 6)
        func names(_ key: String, _ values: JSONValue) async throws -> [String] {
            let input: JSONValue = ["Filters": [["Key": .string(key), "Values": values]]]
            return try await bench.call("ListDocuments", input)["DocumentIdentifiers"]?
                .elements.compactMap { $0["Name"]?.string } ?? []
        }
        let all = ["AWS-StartInteractiveCommand", "Shell-1", "Shell-2"]
        #expect(try await names("Owner", ["Self"]) == ["Shell-1", "Shell-2"])
        #expect(try await names("Owner", ["Amazon"]) == ["AWS-StartInteractiveCommand"])
        #expect(try await names("DocumentType", ["Session"]) == all)
        #expect(try await names("DocumentType", ["Command"]) == [])
        #expect(try await names("PlatformTypes", ["Linux"]) == all)
        #expect(try await names("Name", ["Shell"]) == ["Shell-1", "Shell-2"])
        #expect(try await names("tag:Team", ["web"]) == ["Shell-1"])
        let legacy = try await bench.call(
            "ListDocuments",
            ["DocumentFilterList": [["key": "Owner", "value": "Self"]]]
        )
        #expect(legacy["DocumentIdentifiers"]?.elements.count == 2)
        let bad: JSONValue = ["Filters": [["Key": "Colour", "Values": ["red"]]]]
        #expect(try await bench.fault("ListDocuments", bad).code == "InvalidFilterKey")
    }

    @Test func `are listed one a page`() async throws {
        try await create("Shell-1", 5)
        try await create("Shell-2", 6)
        var names: [String] = []
        var token: JSONValue = .null
        for _ in 0..<10 {
            let page = try await bench.call(
                "ListDocuments",
                ["MaxResults": 1, "NextToken": token]
            )
            let list = try #require(page["DocumentIdentifiers"]?.elements)
            #expect(list.count <= 1)
            names += list.compactMap { $0["Name"]?.string }
            token = page["NextToken"] ?? .null
            if token == .null { break }
        }
        #expect(names == ["AWS-StartInteractiveCommand", "Shell-1", "Shell-2"])
    }
}
