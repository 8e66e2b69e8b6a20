import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Simulation
import Storage
import Testing
import Vocabulary

@testable import KMSService

@Suite("A key that is to be destroyed")
struct KeyDeletionTests {
    private static let day: TimeInterval = 86_400
    /// 2026-01-02T03:04:05Z, at which the bench's clock stands.
    private static let start: Double = 1_767_323_045

    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    /// A key with an alias and something encrypted under it.
    private func used() async throws -> (id: JSON, sealed: JSON) {
        let id = JSON.string(try await kms.makeKey())
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": id])
        let sealed = try await kms.call("Encrypt", ["KeyId": id, "Plaintext": .blob([1])])
        return (id, sealed["CiphertextBlob"])
    }

    @Test(arguments: [(nil, 30), (7, 7), (8, 8), (30, 30)] as [(Int?, Int)])
    func `waits as many days as were asked for`(asked: Int?, days: Int) async throws {
        let id = try await kms.makeKey()
        var input: [String: JSON] = ["KeyId": .string(id)]
        if let asked { input["PendingWindowInDays"] = .number(Double(asked)) }
        let answer = try await kms.call("ScheduleKeyDeletion", .object(input))
        let date = JSON.number(Self.start + Double(days) * Self.day)
        #expect(
            answer == [
                "KeyId": .string(kms.arn(id)), "DeletionDate": date, "KeyState": "PendingDeletion",
                "PendingWindowInDays": .number(Double(days)),
            ]
        )
        let described = try await kms.call("DescribeKey", ["KeyId": .string(id)])["KeyMetadata"]
        #expect(described["KeyState"] == "PendingDeletion")
        #expect(described["Enabled"] == false)
        #expect(described["DeletionDate"] == date)
        let asks = kms.bench.authorizer.asked.first { $0.action == "kms:ScheduleKeyDeletion" }
        let condition = "kms:ScheduleKeyDeletionPendingWindowInDays"
        #expect(asks?.conditionValues[condition] == ["\(days)"])
    }

    @Test(arguments: [0, 6, 31, 366])
    func `waits no shorter and no longer than AWS lets it`(days: Int) async throws {
        let id = JSON.string(try await kms.makeKey())
        let input: JSON = ["KeyId": id, "PendingWindowInDays": .number(Double(days))]
        #expect(try await kms.fault("ScheduleKeyDeletion", input)?.code == "ValidationException")
        let described = try await kms.call("DescribeKey", ["KeyId": id])["KeyMetadata"]
        #expect(described["KeyState"] == "Enabled")
        #expect(described["DeletionDate"] == .null)
    }

    /// AWS's table of key states; what is true may be done while a key waits for its destruction.
    static let states: [(String, JSON, Bool)] = [
        ("DescribeKey", ["KeyId": "KEY"], true),
        ("EnableKey", ["KeyId": "KEY"], false),
        ("DisableKey", ["KeyId": "KEY"], false),
        ("ScheduleKeyDeletion", ["KeyId": "KEY"], false),
        ("CancelKeyDeletion", ["KeyId": "KEY"], true),
        ("UpdateKeyDescription", ["KeyId": "KEY", "Description": "d"], false),
        ("GetKeyRotationStatus", ["KeyId": "KEY"], true),
        ("GetKeyPolicy", ["KeyId": "KEY"], true),
        ("PutKeyPolicy", ["KeyId": "KEY", "Policy": "POLICY"], true),
        ("ListKeyPolicies", ["KeyId": "KEY"], true),
        ("ListGrants", ["KeyId": "KEY"], true),
        ("TagResource", ["KeyId": "KEY", "Tags": [["TagKey": "a", "TagValue": "b"]]], false),
        ("UntagResource", ["KeyId": "KEY", "TagKeys": ["a"]], false),
        ("ListResourceTags", ["KeyId": "KEY"], true),
        ("CreateAlias", ["AliasName": "alias/b", "TargetKeyId": "KEY"], false),
        ("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": "OTHER"], true),
        ("UpdateAlias", ["AliasName": "alias/other", "TargetKeyId": "KEY"], false),
        ("DeleteAlias", ["AliasName": "alias/a"], true),
        ("ListAliases", ["KeyId": "KEY"], true),
        ("Encrypt", ["KeyId": "KEY", "Plaintext": "AQ=="], false),
        ("Encrypt", ["KeyId": "alias/a", "Plaintext": "AQ=="], false),
        ("Decrypt", ["CiphertextBlob": "SEALED"], false),
        ("ReEncrypt", ["CiphertextBlob": "SEALED", "DestinationKeyId": "OTHER"], false),
        ("GenerateDataKey", ["KeyId": "KEY", "KeySpec": "AES_256"], false),
        ("GenerateDataKeyWithoutPlaintext", ["KeyId": "KEY", "KeySpec": "AES_256"], false),
    ]

    @Test(arguments: states)
    func `can meanwhile be looked at and kept, and nothing else`(
        operation: String,
        input: JSON,
        isServed: Bool
    ) async throws {
        let (id, sealed) = try await used()
        let other = JSON.string(try await kms.makeKey())
        try await kms.call("CreateAlias", ["AliasName": "alias/other", "TargetKeyId": other])
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id])
        let fault = try await kms.fault(
            operation,
            input.replacing([
                "KEY": id, "OTHER": other, "SEALED": sealed,
                "POLICY": .string(KeyPolicy.standard(for: kms.bench.scope)),
            ])
        )
        let refusal = ServiceFault(
            "KMSInvalidStateException",
            "\(kms.arn(id.string)) is pending deletion."
        )
        #expect(fault == (isServed ? nil : refusal))
    }

    @Test func `has no material in memory, and is of no use to other services`() async throws {
        let (id, _) = try await used()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id])
        let keyID = try KeyID(parsing: id.string)
        #expect(try await kms.service.keys.key(keyID, in: kms.bench.scope)?.material == nil)
        let logs = kms.bench.context("logs:AssociateKmsKey")
        for attempt in 0..<2 {
            let error = await #expect(throws: ServiceFault.self) {
                if attempt == 0 {
                    _ = try await kms.service.resolveUsableKey(id.string, in: logs)
                } else {
                    _ = try await kms.service.generateDataKey(
                        key: id.string,
                        encryptionContext: [:],
                        in: logs
                    )
                }
            }
            #expect(error?.code == "KMSInvalidStateException")
        }
    }

    @Test func `is disabled when it is kept after all, and serves again when enabled`()
        async throws
    {
        let (id, sealed) = try await used()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id])
        let answer = try await kms.call("CancelKeyDeletion", ["KeyId": id])
        #expect(answer == ["KeyId": .string(kms.arn(id.string))])
        let described = try await kms.call("DescribeKey", ["KeyId": id])["KeyMetadata"]
        #expect(described["KeyState"] == "Disabled")
        #expect(described["DeletionDate"] == .null)
        let again = try await kms.fault("CancelKeyDeletion", ["KeyId": id])
        #expect(again?.code == "KMSInvalidStateException")
        #expect(again?.message == "\(kms.arn(id.string)) is not pending deletion.")
        try await kms.call("EnableKey", ["KeyId": id])
        kms.bench.clock.advance(by: 31 * Self.day)
        await kms.service.destruction.step()
        try await kms.call("Decrypt", ["CiphertextBlob": sealed])
    }

    @Test func `is there until its date and gone from then on, with its aliases and its data`()
        async throws
    {
        let (id, sealed) = try await used()
        let other = try await kms.makeKey()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id, "PendingWindowInDays": 7])
        kms.bench.clock.advance(by: 7 * Self.day - 1)
        await kms.service.destruction.step()
        try await kms.call("DescribeKey", ["KeyId": id])

        kms.bench.clock.advance(by: 1)
        await kms.service.destruction.step()
        let gone = ServiceFault(
            "NotFoundException",
            "Key '\(kms.arn(id.string))' does not exist"
        )
        #expect(try await kms.fault("DescribeKey", ["KeyId": id]) == gone)
        #expect(try await kms.fault("CancelKeyDeletion", ["KeyId": id]) == gone)
        #expect(try await kms.fault("DescribeKey", ["KeyId": "alias/a"])?.code == gone.code)
        #expect(try await kms.call("ListAliases")["Aliases"] == [])
        let left = try await kms.call("ListKeys")["Keys"].items.map { $0["KeyId"].string }
        #expect(left == [other])
        for key in [JSON.null, id, .string(other)] {
            var input: [String: JSON] = ["CiphertextBlob": sealed]
            if key != .null { input["KeyId"] = key }
            #expect(try await kms.fault("Decrypt", .object(input)) != nil)
        }
        let records = try await kms.bench.engines.records.range(
            RecordKey([]),
            after: nil,
            limit: 1000,
            backwards: false
        )
        let named = records.map(\.key.components).filter { $0.contains(id.string) }
        #expect(named == [])

        let trail = AuditTrail(store: kms.bench.store)
        let newest = try await trail.newest(1000, in: kms.bench.scope)
        let destruction = try #require(newest.first { $0.eventName == "DeleteKey" })
        #expect(destruction.principal == "kms.amazonaws.com")
        #expect(destruction.resources == [kms.arn(id.string)])
    }

    @Test func `is destroyed once, also by a server that starts after its date`() async throws {
        let (id, _) = try await used()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id, "PendingWindowInDays": 7])
        kms.bench.clock.advance(by: 20 * Self.day)
        let later = try Harness(kms.bench)
        await later.service.destruction.step()
        await later.service.destruction.step()
        #expect(try await later.fault("DescribeKey", ["KeyId": id])?.code == "NotFoundException")
        let newest = try await AuditTrail(store: kms.bench.store)
            .newest(1000, in: kms.bench.scope)
        #expect(newest.filter { $0.eventName == "DeleteKey" }.count == 1)
    }

    @Test func `may be one of more than are read at once`() async throws {
        let count = Limits.kmsDeletionBatch + 1
        for _ in 0..<count {
            let id = JSON.string(try await kms.makeKey())
            try await kms.call("ScheduleKeyDeletion", ["KeyId": id, "PendingWindowInDays": 7])
        }
        kms.bench.clock.advance(by: 7 * Self.day)
        await kms.service.destruction.step()
        #expect(try await kms.call("ListKeys")["Keys"] == [])
    }

    @Test func `is scheduled for another date after it was kept`() async throws {
        let (id, _) = try await used()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id, "PendingWindowInDays": 7])
        try await kms.call("CancelKeyDeletion", ["KeyId": id])
        try await kms.call("ScheduleKeyDeletion", ["KeyId": id, "PendingWindowInDays": 9])
        kms.bench.clock.advance(by: 8 * Self.day)
        await kms.service.destruction.step()
        try await kms.call("DescribeKey", ["KeyId": id])
        kms.bench.clock.advance(by: Self.day)
        await kms.service.destruction.step()
        #expect(try await kms.fault("DescribeKey", ["KeyId": id])?.code == "NotFoundException")
    }
}

@Suite("What tools read of a key")
struct KeyReadingTests {
    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    @Test func `is that it is not rotated`() async throws {
        let id = try await kms.makeKey()
        let status = try await kms.call("GetKeyRotationStatus", ["KeyId": .string(id)])
        #expect(status == ["KeyId": .string(kms.arn(id)), "KeyRotationEnabled": false])
        let fault = try await kms.fault("GetKeyRotationStatus", ["KeyId": "alias/a"])
        #expect(fault?.message == "Invalid keyId 'alias/a'")
    }

    @Test func `is that there are no grants`() async throws {
        let id = JSON.string(try await kms.makeKey())
        let none: JSON = ["Grants": [], "Truncated": false]
        #expect(try await kms.call("ListGrants", ["KeyId": id, "Limit": 1]) == none)
        let retirable: JSON = ["RetiringPrincipal": "arn:aws:iam::111122223333:user/a"]
        #expect(try await kms.call("ListRetirableGrants", retirable) == none)
    }

    static let wrong: [(String, JSON, String)] = [
        ("ListGrants", [:], "ValidationException"),
        ("ListGrants", ["KeyId": "KEY", "Limit": 0], "ValidationException"),
        ("ListGrants", ["KeyId": "KEY", "Limit": 1001], "ValidationException"),
        ("ListGrants", ["KeyId": "KEY", "Marker": ""], "ValidationException"),
        ("ListGrants", ["KeyId": "KEY", "Marker": "bm8="], "InvalidMarkerException"),
        ("ListGrants", ["KeyId": "KEY", "GrantId": ""], "ValidationException"),
        (
            "ListGrants", ["KeyId": "KEY", "GrantId": .string(String(repeating: "a", count: 129))],
            "ValidationException"
        ),
        ("ListGrants", ["KeyId": "KEY", "GranteePrincipal": "a b"], "ValidationException"),
        (
            "ListGrants",
            ["KeyId": "KEY", "GranteePrincipal": .string(String(repeating: "a", count: 257))],
            "ValidationException"
        ),
        ("ListRetirableGrants", [:], "ValidationException"),
        ("ListRetirableGrants", ["RetiringPrincipal": "é"], "ValidationException"),
        (
            "ListRetirableGrants", ["RetiringPrincipal": "a", "Marker": "bm8="],
            "InvalidMarkerException"
        ),
    ]

    @Test(arguments: wrong)
    func `is asked for in AWS's form`(operation: String, input: JSON, code: String) async throws {
        let id = JSON.string(try await kms.makeKey())
        let fault = try await kms.fault(operation, input.replacing(["KEY": id]))
        #expect(fault?.code == code)
    }
}
