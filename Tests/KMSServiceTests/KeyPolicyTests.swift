import FoundationEssentials
import IAMService
import Sealing
import ServiceKit
import ServiceTestKit
import Simulation
import Testing
import Vocabulary

@testable import KMSService

@Suite("A key policy")
struct KeyPolicyTests {
    private let account: Account

    init() throws {
        account = try Account()
    }

    /// The policy of the article: the account, an administrator, a user, and the logs service for one group.
    private func articlePolicy(administrator: String, user: String) -> String {
        """
        {"Version": "2012-10-17", "Id": "key-consolepolicy-3", "Statement": [
        {"Sid": "Allow access for Key Administrators", "Effect": "Allow",
         "Principal": {"AWS": "arn:aws:iam::111122223333:user/\(administrator)"},
         "Action": ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*",
                    "kms:Update*", "kms:Disable*", "kms:Get*", "kms:TagResource",
                    "kms:UntagResource"],
         "Resource": "*"},
        {"Sid": "Allow use of the key", "Effect": "Allow",
         "Principal": {"AWS": "arn:aws:iam::111122223333:user/\(user)"},
         "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                    "kms:DescribeKey"],
         "Resource": "*"},
        {"Sid": "Allow access for CloudWatch secure log group", "Effect": "Allow",
         "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
         "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                    "kms:Describe*"],
         "Resource": "*",
         "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn":
            "arn:aws:logs:us-east-1:111122223333:log-group:ssm-secure-consolelog-group"}}}]}
        """
    }

    @Test func `is AWS's default unless one is given`() async throws {
        let root = try await account.administrator()
        let made = try await account.call("CreateKey", [:], as: root)["KeyMetadata"]
        let policy = try await account.call("GetKeyPolicy", ["KeyId": made["KeyId"]], as: root)
        #expect(policy["PolicyName"] == "default")
        #expect(policy["Policy"].string.contains("Enable IAM User Permissions"))
        #expect(policy["Policy"].string.contains("arn:aws:iam::111122223333:root"))
        let names = try await account.call("ListKeyPolicies", ["KeyId": made["KeyId"]], as: root)
        #expect(names == ["PolicyNames": ["default"], "Truncated": false])
    }

    @Test func `leaves the decision to the account's policies by default`() async throws {
        let root = try await account.administrator()
        let key = try await account.call("CreateKey", [:], as: root)["KeyMetadata"]["KeyId"]
        let allowed = try await account.user("allowed", allowing: ["kms:Encrypt"], by: root)
        let other = try await account.user("other", by: root)
        let encrypt: JSON = ["KeyId": key, "Plaintext": .blob([1])]
        let sealed = try await account.call("Encrypt", encrypt, as: allowed)
        let decrypt: JSON = ["CiphertextBlob": sealed["CiphertextBlob"]]
        #expect(try await account.code("Decrypt", decrypt, as: allowed) == "AccessDeniedException")
        #expect(try await account.code("Encrypt", encrypt, as: other) == "AccessDeniedException")
    }

    @Test func `of the article parts administrators, users and the logs service`() async throws {
        let root = try await account.administrator()
        let administrator = try await account.user("Admin", allowing: ["kms:*"], by: root)
        let user = try await account.user("Alice", by: root)
        let policy = articlePolicy(administrator: "Admin", user: "Alice")
        let key = try await account.call(
            "CreateKey",
            ["Policy": .string(policy)],
            as: administrator
        )["KeyMetadata"]["KeyId"]
        let encrypt: JSON = ["KeyId": key, "Plaintext": .blob([1])]

        // IAM's own allows do not count: the policy does not leave the matter to the account.
        for principal in [root, administrator] {
            let code = try await account.code("Encrypt", encrypt, as: principal)
            #expect(code == "AccessDeniedException")
        }
        try await account.call("Encrypt", encrypt, as: user)
        try await account.call("DisableKey", ["KeyId": key], as: administrator)
        try await account.call("EnableKey", ["KeyId": key], as: administrator)
        #expect(
            try await account.code("DisableKey", ["KeyId": key], as: user)
                == "AccessDeniedException"
        )
        #expect(
            try await account.code("DisableKey", ["KeyId": key], as: root)
                == "AccessDeniedException"
        )
    }

    @Test(arguments: [
        ("logs.us-east-1.amazonaws.com", "ssm-secure-consolelog-group", true),
        ("logs.us-east-1.amazonaws.com", "ssm-secure-consolelog-group2", false),
        ("logs.us-east-1.amazonaws.com", "", false),
        ("logs.eu-west-1.amazonaws.com", "ssm-secure-consolelog-group", false),
        ("s3.amazonaws.com", "ssm-secure-consolelog-group", false),
    ])
    func `of the article lets logs use the key for its group alone`(
        service: String,
        group: String,
        isAllowed: Bool
    ) async throws {
        let root = try await account.administrator()
        let administrator = try await account.user("Admin", allowing: ["kms:*"], by: root)
        _ = try await account.user("Alice", by: root)
        let policy = articlePolicy(administrator: "Admin", user: "Alice")
        let key = try await account.call(
            "CreateKey",
            ["Policy": .string(policy)],
            as: administrator
        )["KeyMetadata"]["Arn"].string
        let context = account.context("logs:CreateLogGroup", .service(service))
        let encryptionContext =
            group.isEmpty
            ? [:] : ["aws:logs:arn": "arn:aws:logs:us-east-1:111122223333:log-group:\(group)"]
        var fault: ServiceFault?
        do {
            let made = try await account.kms.service.generateDataKey(
                key: key,
                encryptionContext: encryptionContext,
                in: context
            )
            let opened = try await account.kms.service.decrypt(
                made.ciphertext,
                encryptionContext: encryptionContext,
                in: context
            )
            #expect(opened.isEqual(to: made.plaintext))
            #expect(made.plaintext.count == 32)
            #expect(made.keyARN.description == key)
        } catch let found as ServiceFault {
            fault = found
        }
        #expect((fault == nil) == isAllowed)
        #expect(fault == nil || fault?.code == "AccessDeniedException")
    }

    @Test func `counts from the next request on`() async throws {
        let root = try await account.administrator()
        let user = try await account.user("Alice", allowing: ["kms:Encrypt"], by: root)
        let key = try await account.call("CreateKey", [:], as: root)["KeyMetadata"]["KeyId"]
        let encrypt: JSON = ["KeyId": key, "Plaintext": .blob([1])]
        try await account.call("Encrypt", encrypt, as: user)
        let standard = KeyPolicy.standard(for: account.bench.scope)
        let denying = standard.replacing(
            "\"Statement\" : [",
            with: """
                "Statement" : [ {"Effect": "Deny", "Action": "kms:Encrypt", "Resource": "*",
                "Principal": {"AWS": "arn:aws:iam::111122223333:user/Alice"}},
                """
        )
        try await account.call(
            "PutKeyPolicy",
            ["KeyId": key, "Policy": .string(denying)],
            as: root
        )
        #expect(try await account.code("Encrypt", encrypt, as: user) == "AccessDeniedException")
        try await account.call(
            "PutKeyPolicy",
            ["KeyId": key, "Policy": .string(standard), "PolicyName": "default"],
            as: root
        )
        try await account.call("Encrypt", encrypt, as: user)
    }

    @Test func `may not lock its author out, unless the author insists`() async throws {
        let root = try await account.administrator()
        let creator = try await account.user("creator", allowing: ["kms:CreateKey"], by: root)
        _ = try await account.user("stranger", by: root)
        let stranger = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*",
            "Resource":"*","Principal":{"AWS":"arn:aws:iam::111122223333:user/stranger"}}]}
            """
        let fault = try await account.kms.fault(
            "CreateKey",
            ["Policy": .string(stranger)],
            in: account.context("kms:CreateKey", root)
        )
        #expect(
            fault
                == ServiceFault(
                    "MalformedPolicyDocumentException",
                    "The new key policy will not allow you to update the key policy in the future."
                )
        )
        let standard = KeyPolicy.standard(for: account.bench.scope)
        let key = try await account.call(
            "CreateKey",
            ["Policy": .string(standard)],
            as: creator
        )["KeyMetadata"]["KeyId"]
        #expect(
            try await account.code(
                "PutKeyPolicy",
                ["KeyId": key, "Policy": .string(stranger)],
                as: root
            ) == "MalformedPolicyDocumentException"
        )
        let insisting: JSON = [
            "KeyId": key, "Policy": .string(stranger), "BypassPolicyLockoutSafetyCheck": true,
        ]
        try await account.call("PutKeyPolicy", insisting, as: root)
        #expect(
            try await account.code("GetKeyPolicy", ["KeyId": key], as: root)
                == "AccessDeniedException"
        )
    }
}
