import FoundationEssentials
import IAMService
import ServiceKit
import ServiceTestKit
import Storage
import Testing
import Vocabulary

@testable import KMSService

@Suite("The principals of a key policy")
struct KeyPolicyPrincipalTests {
    private let account: Account

    init() throws {
        account = try Account()
    }

    private func arn(_ resource: String) -> String { "arn:aws:iam::111122223333:\(resource)" }

    /// A policy that leaves the key to the account, and lets others encrypt, or all but others.
    private func policy(_ element: String, _ principals: [String]) -> String {
        let effect = element == "Principal" ? "Allow" : "Deny"
        let list = principals.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            {"Version": "2012-10-17", "Statement": [
             {"Effect": "Allow", "Principal": {"AWS": "\(arn("root"))"},
              "Action": "kms:*", "Resource": "*"},
             {"Effect": "\(effect)", "\(element)": {"AWS": [\(list)]},
              "Action": "kms:Encrypt", "Resource": "*"}]}
            """
    }

    private func key(_ policy: String, by root: Principal) async throws -> JSON {
        try await account.call("CreateKey", ["Policy": .string(policy)], as: root)["KeyMetadata"][
            "KeyId"
        ]
    }

    private func mayEncrypt(_ key: JSON, _ principal: Principal) async throws -> Bool {
        let code = try await account.code(
            "Encrypt",
            ["KeyId": key, "Plaintext": .blob([1])],
            as: principal
        )
        #expect(code == nil || code == "AccessDeniedException")
        return code == nil
    }

    private func shown(_ key: JSON, by root: Principal) async throws -> String {
        try await account.call("GetKeyPolicy", ["KeyId": key], as: root)["Policy"].string
    }

    private func delete(_ user: String, by root: Principal) async throws {
        let name: JSON = ["UserName": .string(user)]
        let keys = try await account.iam("ListAccessKeys", name, as: root)["AccessKeyMetadata"]
        for key in keys.items {
            try await account.iam(
                "DeleteAccessKey",
                ["UserName": .string(user), "AccessKeyId": key["AccessKeyId"]],
                as: root
            )
        }
        try await account.iam("DeleteUser", name, as: root)
    }

    @Test func `are not whoever comes after them under the same name`() async throws {
        let root = try await account.administrator()
        let alice = try await account.user("alice", by: root)
        let written = policy("Principal", [arn("user/alice")])
        let key = try await key(written, by: root)
        #expect(try await mayEncrypt(key, alice))
        #expect(try await shown(key, by: root) == written)

        let id = alice.userID ?? ""
        try await delete("alice", by: root)
        let other = try await account.user("alice", by: root)
        #expect(try await !mayEncrypt(key, other))
        let bare = policy("Principal", [id])
        #expect(try await shown(key, by: root) == bare)
        let fault = try await account.kms.fault(
            "PutKeyPolicy",
            ["KeyId": key, "Policy": .string(bare)],
            in: account.context("kms:PutKeyPolicy", root)
        )
        #expect(
            fault
                == ServiceFault(
                    "MalformedPolicyDocumentException",
                    "Policy contains a statement with one or more invalid principals."
                )
        )
        // Saved anew, the ARN is the new user's.
        try await account.call(
            "PutKeyPolicy",
            ["KeyId": key, "Policy": .string(written)],
            as: root
        )
        #expect(try await mayEncrypt(key, other))
    }

    @Test func `stay who they are when they are renamed`() async throws {
        let root = try await account.administrator()
        _ = try await account.user("alice", by: root)
        let key = try await key(policy("Principal", [arn("user/alice")]), by: root)
        try await account.iam(
            "UpdateUser",
            ["UserName": "alice", "NewUserName": "carol", "NewPath": "/ops/"],
            as: root
        )
        let made = try await account.iam("CreateAccessKey", ["UserName": "carol"], as: root)
        let carol = try await account.iam.signingIdentity(
            accessKeyID: made["AccessKey"]["AccessKeyId"].string,
            sessionToken: nil
        ).principal
        #expect(try await mayEncrypt(key, carol))
        #expect(
            try await shown(key, by: root) == policy("Principal", [arn("user/ops/carol")])
        )
        #expect(try await !mayEncrypt(key, account.user("alice", by: root)))
    }

    @Test func `are left out of a denial as who they are`() async throws {
        let root = try await account.administrator()
        _ = try await account.user("alice", by: root)
        let key = try await key(
            policy("NotPrincipal", [arn("user/alice"), arn("root")]),
            by: root
        )
        let standing = try await account.user("bob", allowing: ["kms:Encrypt"], by: root)
        #expect(try await !mayEncrypt(key, standing))
        try await delete("alice", by: root)
        let other = try await account.user("alice", allowing: ["kms:Encrypt"], by: root)
        #expect(try await !mayEncrypt(key, other))
    }

    @Test(arguments: [
        "arn:aws:iam::111122223333:user/nobody", "arn:aws:iam::111122223333:role/nobody",
        "arn:aws:iam::111122223333:user/ops/alice", "arn:aws:iam::111122223333:user/ALICE",
        "arn:aws:sts::111122223333:assumed-role/nobody/me", "AIDAALICE2345ABCDEFGH",
        "AROAOPERATOR2345ABCDE", "AROAOPERATOR2345ABCDE:alice",
    ])
    func `must exist`(principal: String) async throws {
        let root = try await account.administrator()
        _ = try await account.user("alice", by: root)
        let code = try await account.code(
            "CreateKey",
            ["Policy": .string(policy("Principal", [principal]))],
            as: root
        )
        #expect(code == "MalformedPolicyDocumentException")
    }

    @Test func `of another account are taken as they are written`() async throws {
        let root = try await account.administrator()
        let written = policy("Principal", ["arn:aws:iam::999900000000:user/alice"])
        let key = try await key(written, by: root)
        #expect(try await shown(key, by: root) == written)
    }

    @Test func `are held by id, and those of an older record by ARN`() async throws {
        let root = try await account.administrator()
        let alice = try await account.user("alice", by: root)
        let written = policy("Principal", [arn("user/alice")])
        let key = try await key(written, by: root)
        let scope = account.bench.scope
        let keys = account.kms.service.keys
        let id = try KeyID(parsing: key.string)
        let stored = try #require(try await keys.stored(id, in: scope))
        #expect(stored.value.policy == policy("Principal", [alice.userID ?? ""]))

        var older = stored.value
        older.policy = written
        try await account.bench.store.commit(
            RecordTransaction(changes: [keys.put(older, in: scope)])
        )
        let restarted = try Harness(account.bench, under: account.iam)
        let encrypt: JSON = ["KeyId": key, "Plaintext": .blob([1])]
        try await restarted.call("Encrypt", encrypt, in: account.context("kms:Encrypt", alice))
        let shown = try await restarted.call(
            "GetKeyPolicy",
            ["KeyId": key],
            in: account.context("kms:GetKeyPolicy", root)
        )
        #expect(shown["Policy"].string == written)
    }
}
