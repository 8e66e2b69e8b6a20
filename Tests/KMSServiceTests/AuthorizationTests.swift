import ServiceKit
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@testable import KMSService

@Suite("Every operation of KMS")
struct AuthorizationTests {
    /// What is asked before anything is done, and with which input; one row per operation.
    static let rows: [(String, JSON, [String])] = [
        ("CreateKey", ["Tags": [["TagKey": "a", "TagValue": "b"]]], ["CreateKey", "TagResource"]),
        ("DescribeKey", ["KeyId": "KEY"], ["DescribeKey"]),
        ("ListKeys", [:], ["ListKeys"]),
        ("EnableKey", ["KeyId": "KEY"], ["EnableKey"]),
        ("DisableKey", ["KeyId": "KEY"], ["DisableKey"]),
        ("ScheduleKeyDeletion", ["KeyId": "KEY"], ["ScheduleKeyDeletion"]),
        ("CancelKeyDeletion", ["KeyId": "KEY"], ["CancelKeyDeletion"]),
        (
            "UpdateKeyDescription", ["KeyId": "KEY", "Description": "changed"],
            ["UpdateKeyDescription"]
        ),
        ("GetKeyRotationStatus", ["KeyId": "KEY"], ["GetKeyRotationStatus"]),
        ("GetKeyPolicy", ["KeyId": "KEY"], ["GetKeyPolicy"]),
        ("PutKeyPolicy", ["KeyId": "KEY", "Policy": "POLICY"], ["PutKeyPolicy"]),
        ("ListKeyPolicies", ["KeyId": "KEY"], ["ListKeyPolicies"]),
        ("ListGrants", ["KeyId": "KEY"], ["ListGrants"]),
        ("ListRetirableGrants", ["RetiringPrincipal": "arn:x"], ["ListRetirableGrants"]),
        (
            "TagResource", ["KeyId": "KEY", "Tags": [["TagKey": "a", "TagValue": "b"]]],
            ["TagResource"]
        ),
        ("UntagResource", ["KeyId": "KEY", "TagKeys": ["kept"]], ["UntagResource"]),
        ("ListResourceTags", ["KeyId": "KEY"], ["ListResourceTags"]),
        ("CreateAlias", ["AliasName": "alias/new", "TargetKeyId": "KEY"], ["CreateAlias"]),
        ("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": "KEY"], ["UpdateAlias"]),
        ("DeleteAlias", ["AliasName": "alias/a"], ["DeleteAlias"]),
        ("ListAliases", [:], ["ListAliases"]),
        ("Encrypt", ["KeyId": "KEY", "Plaintext": "AQ=="], ["Encrypt"]),
        ("Decrypt", ["CiphertextBlob": "SEALED"], ["Decrypt"]),
        (
            "ReEncrypt", ["CiphertextBlob": "SEALED", "DestinationKeyId": "KEY"],
            ["ReEncryptFrom", "ReEncryptTo"]
        ),
        ("GenerateDataKey", ["KeyId": "KEY", "KeySpec": "AES_256"], ["GenerateDataKey"]),
        (
            "GenerateDataKeyWithoutPlaintext", ["KeyId": "KEY", "KeySpec": "AES_256"],
            ["GenerateDataKeyWithoutPlaintext"]
        ),
    ]

    @Test func `has a row in this table`() throws {
        let names = try Harness().service.operations.map(\.name)
        #expect(Self.rows.map(\.0) == names)
    }

    @Test(arguments: rows)
    func `asks first, and does nothing when refused`(
        operation: String,
        input: JSON,
        actions: [String]
    ) async throws {
        for action in actions {
            let kms = try Harness()
            let key = try await kms.makeKey(["Tags": [["TagKey": "kept", "TagValue": "1"]]])
            try await kms.call(
                "CreateAlias",
                ["AliasName": "alias/a", "TargetKeyId": .string(key)]
            )
            let sealed = try await kms.call(
                "Encrypt",
                ["KeyId": .string(key), "Plaintext": .blob([1])]
            )
            let words: [String: JSON] = [
                "KEY": .string(key), "SEALED": sealed["CiphertextBlob"],
                "POLICY": .string(KeyPolicy.standard(for: kms.bench.scope)),
            ]
            let before = try await state(kms, key)
            kms.bench.authorizer.refuse("kms:\(action)")
            let fault = try await kms.fault(operation, input.replacing(words))
            #expect(fault?.code == "AccessDeniedException", "\(operation), refused \(action)")
            #expect(try await state(kms, key) == before)
        }
    }

    /// All that an operation could have changed.
    private func state(_ kms: Harness, _ key: String) async throws -> [String] {
        let scope = kms.bench.scope
        let keys = try await kms.service.keys.list(in: scope, after: nil, limit: 10)
        let aliases = try await kms.service.keys.listAliases(in: scope, after: nil, limit: 10)
        return keys.map { "\($0)" } + aliases.map { "\($0)" }
    }

    @Test func `that changes something writes its audit record with the change`() async throws {
        let kms = try Harness()
        let context = kms.bench.context("kms:CreateKey")
        let made = try await kms.call("CreateKey", ["Description": "d"], in: context)
        #expect(context.audit.isWritten)
        let trail = AuditTrail(store: kms.bench.store)
        let record = try #require(try await trail.newest(1, in: kms.bench.scope).first)
        #expect(record.eventName == "CreateKey")
        #expect(record.eventSource == "kms.amazonaws.com")
        #expect(record.resources == [made["KeyMetadata"]["Arn"].string])
        #expect(record.requestParameters["description"] == "d")
    }
}

@Suite("Keys for other services")
struct KeyPortTests {
    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    private var logs: OperationContext {
        OperationContext(
            requestID: "outer",
            scope: kms.bench.scope,
            principal: .service("logs.us-east-1.amazonaws.com"),
            operation: "logs:CreateLogGroup",
            receivedAt: kms.bench.clock.now()
        )
    }

    @Test func `are asked of policies as of any caller, and audited on their own`() async throws {
        let id = try await kms.makeKey()
        let context = logs
        let made = try await kms.service.generateDataKey(
            key: id,
            encryptionContext: ["aws:logs:arn": "arn:x"],
            in: context
        )
        _ = try await kms.service.decrypt(
            made.ciphertext,
            encryptionContext: ["aws:logs:arn": "arn:x"],
            in: context
        )
        let asked = kms.bench.authorizer.asked.suffix(2)
        #expect(asked.map(\.action) == ["kms:GenerateDataKey", "kms:Decrypt"])
        for request in asked {
            let values = request.conditionValues
            #expect(values["kms:ViaService"] == ["logs.us-east-1.amazonaws.com"])
            #expect(values["kms:EncryptionContext:aws:logs:arn"] == ["arn:x"])
        }
        #expect(!context.audit.isWritten)
        let newest = try await AuditTrail(store: kms.bench.store).newest(9, in: kms.bench.scope)
        let records = newest.filter { $0.principal == "logs.us-east-1.amazonaws.com" }
        #expect(Set(records.map(\.eventName)) == ["GenerateDataKey", "Decrypt"])
        #expect(records.allSatisfy { $0.resources == [kms.arn(id)] })
    }

    @Test func `record a refusal with its code`() async throws {
        let id = try await kms.makeKey()
        kms.bench.authorizer.refuse("kms:GenerateDataKey")
        await #expect(throws: ServiceFault.self) {
            try await kms.service.generateDataKey(key: id, encryptionContext: [:], in: logs)
        }
        let newest = try await AuditTrail(store: kms.bench.store).newest(9, in: kms.bench.scope)
        let record = try #require(newest.first { $0.eventName == "GenerateDataKey" })
        #expect(record.errorCode == "AccessDeniedException")
    }

    @Test func `are resolved while they are usable`() async throws {
        let id = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": .string(id)])
        for name in [id, kms.arn(id), "alias/a"] {
            let arn = try await kms.service.resolveUsableKey(name, in: logs)
            #expect(arn.description == kms.arn(id))
        }
        try await kms.call("DisableKey", ["KeyId": .string(id)])
        await #expect(throws: ServiceFault("DisabledException", "\(kms.arn(id)) is disabled.")) {
            try await kms.service.resolveUsableKey(id, in: logs)
        }
        await #expect(throws: ServiceFault("NotFoundException", "Invalid keyId 'x'")) {
            try await kms.service.resolveUsableKey("x", in: logs)
        }
    }
}
