import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@testable import KMSService

@Suite("A KMS key")
struct KeyLifecycleTests {
    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    @Test func `is described as AWS describes it`() async throws {
        let made = try await kms.call("CreateKey", ["Description": "d"])["KeyMetadata"]
        let id = made["KeyId"].string
        #expect(
            made == [
                "AWSAccountId": "111122223333", "KeyId": .string(id), "Arn": .string(kms.arn(id)),
                "CreationDate": 1_767_323_045, "Enabled": true, "Description": "d",
                "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
                "KeyManager": "CUSTOMER", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
                "KeySpec": "SYMMETRIC_DEFAULT", "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
                "MultiRegion": false, "CurrentKeyMaterialId": made["CurrentKeyMaterialId"],
            ]
        )
        #expect(made["CurrentKeyMaterialId"].string.count == 64)
        let described = try await kms.call("DescribeKey", ["KeyId": .string(id)])
        #expect(described["KeyMetadata"] == made)
    }

    @Test func `takes AWS's other way to say what it is`() async throws {
        let inputs: [JSON] = [
            ["CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"],
            ["KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS", "MultiRegion": false],
        ]
        for input in inputs { _ = try await kms.makeKey(input) }
        #expect(try await kms.call("ListKeys")["Keys"].items.count == 2)
    }

    @Test func `is refused from the next request on when it is disabled, and served when enabled`()
        async throws
    {
        let id = JSON.string(try await kms.makeKey())
        let encrypt: JSON = ["KeyId": id, "Plaintext": .blob([1])]
        let sealed = try await kms.call("Encrypt", encrypt)["CiphertextBlob"]
        for _ in 0..<2 {
            try await kms.call("DisableKey", ["KeyId": id])
            let state = try await kms.call("DescribeKey", ["KeyId": id])["KeyMetadata"]
            #expect(state["KeyState"] == "Disabled")
            #expect(state["Enabled"] == false)
            #expect(try await kms.fault("Encrypt", encrypt)?.code == "DisabledException")
            let decrypt = try await kms.fault("Decrypt", ["CiphertextBlob": sealed])
            #expect(decrypt?.message == "\(kms.arn(id.string)) is disabled.")
            try await kms.call("EnableKey", ["KeyId": id])
            try await kms.call("Decrypt", ["CiphertextBlob": sealed])
        }
    }

    @Test func `keeps no material in memory while it is disabled`() async throws {
        let id = try await kms.makeKey()
        let keyID = try KeyID(parsing: id)
        let scope = kms.bench.scope
        #expect(try await kms.service.keys.key(keyID, in: scope)?.material != nil)
        try await kms.call("DisableKey", ["KeyId": .string(id)])
        #expect(try await kms.service.keys.key(keyID, in: scope)?.material == nil)
    }

    @Test func `is found again by a server that starts anew`() async throws {
        let id = try await kms.makeKey()
        let sealed = try await kms.call(
            "Encrypt",
            ["KeyId": .string(id), "Plaintext": .blob([1, 2])]
        )
        let later = try Harness(kms.bench)
        let opened = try await later.call("Decrypt", ["CiphertextBlob": sealed["CiphertextBlob"]])
        #expect(opened["Plaintext"].bytes == [1, 2])
    }

    @Test func `has a description that can be changed and emptied`() async throws {
        let id = JSON.string(try await kms.makeKey())
        for text in ["new", String(repeating: "x", count: 8192), ""] {
            try await kms.call(
                "UpdateKeyDescription",
                ["KeyId": id, "Description": .string(text)]
            )
            let described = try await kms.call("DescribeKey", ["KeyId": id])["KeyMetadata"]
            #expect(described["Description"].string == text)
        }
        let fault = try await kms.fault("UpdateKeyDescription", ["KeyId": id])
        #expect(fault?.code == "ValidationException")
    }

    @Test func `is listed once, page by page`() async throws {
        var made: [String] = []
        for _ in 0..<7 { made.append(try await kms.makeKey()) }
        var found: [String] = []
        var input: [String: JSON] = ["Limit": 3]
        var pages = 0
        while true {
            let page = try await kms.call("ListKeys", .object(input))
            found += page["Keys"].items.map { $0["KeyId"].string }
            pages += 1
            guard page["Truncated"] == true else {
                #expect(page["NextMarker"] == .null)
                break
            }
            input["Marker"] = page["NextMarker"]
        }
        #expect(pages == 3)
        #expect(found == made.sorted())
        let all = try await kms.call("ListKeys")["Keys"].items
        #expect(all.map { $0["KeyArn"].string } == made.sorted().map(kms.arn))
    }

    @Test func `has tags that are added, replaced, listed by page and removed`() async throws {
        let id = JSON.string(
            try await kms.makeKey(["Tags": [["TagKey": "a", "TagValue": "1"]]])
        )
        try await kms.call(
            "TagResource",
            [
                "KeyId": id,
                "Tags": [
                    ["TagKey": "a", "TagValue": "2"], ["TagKey": "b", "TagValue": ""],
                    ["TagKey": "Cost é/+-@", "TagValue": "3"],
                ],
            ]
        )
        let first = try await kms.call("ListResourceTags", ["KeyId": id, "Limit": 2])
        #expect(
            first["Tags"] == [
                ["TagKey": "Cost é/+-@", "TagValue": "3"], ["TagKey": "a", "TagValue": "2"],
            ]
        )
        let second = try await kms.call(
            "ListResourceTags",
            ["KeyId": id, "Limit": 2, "Marker": first["NextMarker"]]
        )
        #expect(second["Tags"] == [["TagKey": "b", "TagValue": ""]])
        #expect(second["Truncated"] == false)
        try await kms.call("UntagResource", ["KeyId": id, "TagKeys": ["a", "none"]])
        let left = try await kms.call("ListResourceTags", ["KeyId": id])["Tags"].items
        #expect(left.map { $0["TagKey"].string } == ["Cost é/+-@", "b"])
    }

    @Test func `has at most fifty tags`() async throws {
        let id = JSON.string(try await kms.makeKey())
        let tags = (0..<50).map { JSON.object(["TagKey": .string("t\($0)"), "TagValue": ""]) }
        try await kms.call("TagResource", ["KeyId": id, "Tags": .array(tags)])
        let more: JSON = [["TagKey": "one more", "TagValue": ""]]
        let fault = try await kms.fault("TagResource", ["KeyId": id, "Tags": more])
        #expect(fault?.code == "TagException")
    }

    @Test func `answers for its own region only`() async throws {
        let id = try await kms.makeKey()
        let elsewhere = OperationContext(
            requestID: "r",
            scope: Scope(
                account: kms.bench.scope.account,
                region: try Region(parsing: "eu-west-1")
            ),
            principal: kms.bench.context("").principal,
            operation: "kms:DescribeKey",
            receivedAt: kms.bench.clock.now()
        )
        let fault = try await kms.fault("DescribeKey", ["KeyId": .string(id)], in: elsewhere)
        #expect(
            fault?.message == "Key 'arn:aws:kms:eu-west-1:111122223333:key/\(id)' does not exist"
        )
    }
}

@Suite("An alias")
struct AliasTests {
    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    private func names(_ input: JSON = [:]) async throws -> [String] {
        try await kms.call("ListAliases", input)["Aliases"].items.map { $0["AliasName"].string }
    }

    @Test func `stands for a key, then for another, then for none`() async throws {
        let (one, other) = (try await kms.makeKey(), try await kms.makeKey())
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": .string(one)])
        let describe: JSON = ["KeyId": "alias/a"]
        var described = try await kms.call("DescribeKey", describe)["KeyMetadata"]
        #expect(described["KeyId"].string == one)

        kms.bench.clock.advance(by: 60)
        try await kms.call("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": .string(other)])
        described = try await kms.call("DescribeKey", describe)["KeyMetadata"]
        #expect(described["KeyId"].string == other)
        #expect(try await names(["KeyId": .string(one)]) == [])
        let listed = try await kms.call("ListAliases", ["KeyId": .string(other)])["Aliases"]
        #expect(
            listed == [
                [
                    "AliasName": "alias/a",
                    "AliasArn": "arn:aws:kms:us-east-1:111122223333:alias/a",
                    "TargetKeyId": .string(other), "CreationDate": 1_767_323_045,
                    "LastUpdatedDate": 1_767_323_105,
                ]
            ]
        )

        try await kms.call("DeleteAlias", ["AliasName": "alias/a"])
        #expect(try await kms.fault("DescribeKey", describe)?.code == "NotFoundException")
        #expect(try await names() == [])
        #expect(try await names(["KeyId": .string(other)]) == [])
    }

    @Test func `may be updated to the key it has`() async throws {
        let id = JSON.string(try await kms.makeKey())
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": id])
        try await kms.call("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": id])
        #expect(try await names(["KeyId": id]) == ["alias/a"])
    }

    @Test func `is asked of its own policies and of those of each key`() async throws {
        let (one, other) = (try await kms.makeKey(), try await kms.makeKey())
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/a"
        let calls: [(String, JSON, [String])] = [
            (
                "CreateAlias", ["AliasName": "alias/a", "TargetKeyId": .string(one)],
                [alias, kms.arn(one)]
            ),
            (
                "UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": .string(other)],
                [alias, kms.arn(one), kms.arn(other)]
            ),
            ("DeleteAlias", ["AliasName": "alias/a"], [alias, kms.arn(other)]),
        ]
        for (operation, input, resources) in calls {
            let before = kms.bench.authorizer.asked.count
            try await kms.call(operation, input)
            let asked = kms.bench.authorizer.asked.dropFirst(before)
            #expect(asked.map(\.resource) == resources)
            #expect(asked.allSatisfy { $0.action == "kms:\(operation)" })
            #expect(asked.map { $0.resourcePolicy == nil } == resources.map { $0 == alias })
        }
    }

    @Test func `is listed page by page, and a key has at most fifty`() async throws {
        let id = JSON.string(try await kms.makeKey())
        for number in 10..<60 {
            try await kms.call(
                "CreateAlias",
                ["AliasName": .string("alias/\(number)"), "TargetKeyId": id]
            )
        }
        let more = try await kms.fault(
            "CreateAlias",
            ["AliasName": "alias/more", "TargetKeyId": id]
        )
        #expect(more?.code == "LimitExceededException")
        for filter in [JSON.null, id] {
            var input: [String: JSON] = filter == .null ? [:] : ["KeyId": filter]
            input["Limit"] = 30
            let first = try await kms.call("ListAliases", .object(input))
            #expect(first["Aliases"].items.count == 30)
            input["Marker"] = first["NextMarker"]
            let second = try await kms.call("ListAliases", .object(input))
            #expect(second["Aliases"].items.count == 20)
            #expect(second["Truncated"] == false)
        }
    }
}
