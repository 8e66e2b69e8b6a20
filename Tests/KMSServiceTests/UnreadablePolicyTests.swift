import FoundationEssentials
import IAMService
import ServiceKit
import ServiceTestKit
import Storage
import Testing
import Vocabulary

@testable import KMSService

@Suite("A key policy that could not be read")
struct UnreadablePolicyTests {
    private let account: Account

    init() throws {
        account = try Account()
    }

    private var standard: String { KeyPolicy.standard(for: account.bench.scope) }

    /// The default policy, and somebody who may encrypt.
    private func policy(_ principal: String) -> String {
        standard.replacing(
            "\"Statement\" : [",
            with: """
                "Statement" : [ {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*",
                "Principal": {"AWS": "\(principal)"}},
                """
        )
    }

    @Test(
        arguments: [
            "arn:aws:sts::111122223333:assumed-role/ops/Jane Doe",
            "arn:aws:sts::111122223333:assumed-role/ops/x",
            "arn:aws:sts::111122223333:assumed-role/ops/é",
            "arn:aws:sts::111122223333:assumed-role/ops/a:b",
            #"arn:aws:sts::111122223333:assumed-role/ops/a\nb"#,
            #"arn:aws:iam::999999999999:user/a\nb"#,
            #"arn:aws:iam::999999999999:user\/\u0062ob"#,
        ],
        [false, true]
    )
    func `does not come of strange names`(principal: String, bypass: Bool) async throws {
        let root = try await account.administrator()
        let trust = """
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"AWS": "111122223333"}}}
            """
        try await account.iam(
            "CreateRole",
            ["RoleName": "ops", "AssumeRolePolicyDocument": .string(trust)],
            as: root
        )
        let written = policy(principal)
        let made = try await account.call(
            "CreateKey",
            ["Policy": .string(written), "BypassPolicyLockoutSafetyCheck": .bool(bypass)],
            as: root
        )
        let key = made["KeyMetadata"]["KeyId"]
        for _ in 1...2 {
            let shown = try await account.call("GetKeyPolicy", ["KeyId": key], as: root)
            #expect(shown["Policy"].string == written)
            try await account.call("Encrypt", ["KeyId": key, "Plaintext": .blob([1])], as: root)
            try await account.call(
                "PutKeyPolicy",
                [
                    "KeyId": key, "Policy": shown["Policy"],
                    "BypassPolicyLockoutSafetyCheck": .bool(bypass),
                ],
                as: root
            )
        }
    }

    /// Makes of each policy one that is none.
    private struct Garbling: PolicyPrincipalPort {
        func identifyingPrincipals(in policy: String, account: AccountID) async throws -> String {
            policy.replacing("111122223333:root", with: "111122223333:roots")
        }

        func namingPrincipals(in policy: String, account: AccountID) async throws -> String {
            policy
        }
    }

    @Test(arguments: [false, true])
    func `is not stored, however it came about`(bypass: Bool) async throws {
        let kms = try Harness(principals: Garbling())
        let key = try await kms.makeKey()
        let given: JSON = [
            "KeyId": .string(key), "Policy": .string(standard),
            "BypassPolicyLockoutSafetyCheck": .bool(bypass),
        ]
        for operation in ["CreateKey", "PutKeyPolicy"] {
            let fault = try await kms.fault(operation, given)
            #expect(fault?.code == "MalformedPolicyDocumentException")
        }
        #expect(
            try await kms.call("GetKeyPolicy", ["KeyId": .string(key)])["Policy"].string == standard
        )
    }

    @Test(arguments: ["{", #"{"Version":"2012-10-17"}"#])
    func `closes the key until the account replaces it`(unreadable: String) async throws {
        let root = try await account.administrator()
        let user = try await account.user("alice", allowing: ["kms:Encrypt"], by: root)
        let key = try await account.call("CreateKey", [:], as: root)["KeyMetadata"]["KeyId"]
        let scope = account.bench.scope
        let keys = account.kms.service.keys
        let stored = try await keys.stored(try KeyID(parsing: key.string), in: scope)
        var record = try #require(stored).value
        record.policy = unreadable
        try await keys.commit(
            RecordTransaction(changes: [keys.put(record, in: scope)]),
            auditing: account.context("kms:PutKeyPolicy", root)
        )

        let encrypt: JSON = ["KeyId": key, "Plaintext": .blob([1])]
        let put: JSON = ["KeyId": key, "Policy": .string(standard)]
        let get: JSON = ["KeyId": key]
        for operation in ["DescribeKey", "DisableKey"] {
            #expect(try await account.code(operation, get, as: root) == "InternalFailure")
        }
        #expect(try await account.code("Encrypt", encrypt, as: user) == "InternalFailure")
        #expect(try await account.code("PutKeyPolicy", put, as: user) == "AccessDeniedException")
        #expect(try await account.code("GetKeyPolicy", get, as: user) == "AccessDeniedException")
        #expect(
            try await account.call("GetKeyPolicy", get, as: root)["Policy"].string == unreadable
        )
        try await account.call("PutKeyPolicy", put, as: root)
        try await account.call("Encrypt", encrypt, as: user)
    }
}
