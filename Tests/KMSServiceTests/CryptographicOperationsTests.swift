import ServiceKit
import ServiceTestKit
import Testing
import Vocabulary

@testable import KMSService

@Suite("Encrypt, Decrypt and ReEncrypt")
struct EncryptTests {
    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    private func encrypt(_ key: String, _ context: JSON = [:]) async throws -> JSON {
        try await kms.call(
            "Encrypt",
            ["KeyId": .string(key), "Plaintext": .blob([1, 2, 3]), "EncryptionContext": context]
        )
    }

    @Test func `give back what was encrypted`() async throws {
        let id = try await kms.makeKey()
        let sealed = try await encrypt(id, ["a": "b"])
        #expect(sealed["KeyId"].string == kms.arn(id))
        #expect(sealed["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT")
        let opened = try await kms.call(
            "Decrypt",
            ["CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": ["a": "b"]]
        )
        #expect(opened["Plaintext"].bytes == [1, 2, 3])
        #expect(opened["KeyId"].string == kms.arn(id))
        #expect(
            opened.members == ["EncryptionAlgorithm", "KeyId", "KeyMaterialId", "Plaintext"]
        )
    }

    @Test func `take a key by id, ARN, alias and alias ARN`() async throws {
        let id = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/a/b", "TargetKeyId": .string(id)])
        let names = [
            id, kms.arn(id), "alias/a/b", "arn:aws:kms:us-east-1:111122223333:alias/a/b",
        ]
        for name in names {
            let sealed = try await encrypt(name)
            #expect(sealed["KeyId"].string == kms.arn(id))
            let opened = try await kms.call(
                "Decrypt",
                ["CiphertextBlob": sealed["CiphertextBlob"], "KeyId": .string(name)]
            )
            #expect(opened["Plaintext"].bytes == [1, 2, 3])
        }
    }

    @Test(arguments: [1, 4096])
    func `take from one to 4096 bytes`(count: Int) async throws {
        let id = try await kms.makeKey()
        let plaintext = [UInt8](repeating: 7, count: count)
        let sealed = try await kms.call(
            "Encrypt",
            ["KeyId": .string(id), "Plaintext": .blob(plaintext)]
        )
        let opened = try await kms.call("Decrypt", ["CiphertextBlob": sealed["CiphertextBlob"]])
        #expect(opened["Plaintext"].bytes == plaintext)
    }

    @Test func `say nothing about a ciphertext that does not open`() async throws {
        let id = try await kms.makeKey()
        let sealed = try await encrypt(id, ["a": "b"])["CiphertextBlob"]
        var changed = sealed.bytes
        changed[changed.count - 1] ^= 1
        let inputs: [JSON] = [
            ["CiphertextBlob": sealed],
            ["CiphertextBlob": sealed, "EncryptionContext": ["a": "B"]],
            ["CiphertextBlob": .blob(changed), "EncryptionContext": ["a": "b"]],
            ["CiphertextBlob": .blob([1]), "KeyId": .string(id)],
            ["CiphertextBlob": .blob(Array("Salted__ something else entirely".utf8))],
        ]
        for input in inputs {
            let fault = try await kms.fault("Decrypt", input)
            #expect(fault == ServiceFault("InvalidCiphertextException", ""))
        }
    }

    @Test func `refuse a ciphertext of another key than the one named`() async throws {
        let (one, other) = (try await kms.makeKey(), try await kms.makeKey())
        let sealed = try await encrypt(one)["CiphertextBlob"]
        let fault = try await kms.fault(
            "Decrypt",
            ["CiphertextBlob": sealed, "KeyId": .string(other)]
        )
        #expect(fault?.code == "IncorrectKeyException")
        let again = try await kms.fault(
            "ReEncrypt",
            [
                "CiphertextBlob": sealed, "SourceKeyId": .string(other),
                "DestinationKeyId": .string(one),
            ]
        )
        #expect(again?.code == "IncorrectKeyException")
    }

    @Test func `do not tell whether the key of a ciphertext exists`() async throws {
        let id = try await kms.makeKey()
        var sealed = try await encrypt(id)["CiphertextBlob"].bytes
        kms.bench.authorizer.refuse("kms:Decrypt")
        let refused = try await kms.fault("Decrypt", ["CiphertextBlob": .blob(sealed)])
        sealed[3] ^= 1
        let missing = try await kms.fault("Decrypt", ["CiphertextBlob": .blob(sealed)])
        #expect(refused?.code == "AccessDeniedException")
        #expect(refused == missing)
    }

    @Test func `move a ciphertext to another key and context`() async throws {
        let (one, other) = (try await kms.makeKey(), try await kms.makeKey())
        let sealed = try await encrypt(one, ["a": "b"])["CiphertextBlob"]
        let moved = try await kms.call(
            "ReEncrypt",
            [
                "CiphertextBlob": sealed, "SourceEncryptionContext": ["a": "b"],
                "DestinationKeyId": .string(other), "DestinationEncryptionContext": ["c": "d"],
            ]
        )
        #expect(moved["SourceKeyId"].string == kms.arn(one))
        #expect(moved["KeyId"].string == kms.arn(other))
        #expect(moved["SourceKeyMaterialId"] != moved["DestinationKeyMaterialId"])
        #expect(moved["Plaintext"] == .null)
        let opened = try await kms.call(
            "Decrypt",
            [
                "CiphertextBlob": moved["CiphertextBlob"], "EncryptionContext": ["c": "d"],
                "KeyId": .string(other),
            ]
        )
        #expect(opened["Plaintext"].bytes == [1, 2, 3])
        let asked = kms.bench.authorizer.asked.suffix(3).prefix(2)
        #expect(asked.map(\.action) == ["kms:ReEncryptFrom", "kms:ReEncryptTo"])
        #expect(asked.map(\.resource) == [kms.arn(one), kms.arn(other)])
        #expect(
            asked.map { $0.conditionValues["kms:ReEncryptOnSameKey"] } == [["false"], ["false"]]
        )
        #expect(
            asked.map { $0.conditionValues["kms:EncryptionContextKeys"] } == [["a"], ["c"]]
        )
    }

    @Test func `tell policies what they may ask`() async throws {
        let id = try await kms.makeKey(["Tags": [["TagKey": "team", "TagValue": "red"]]])
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": .string(id)])
        _ = try await encrypt("alias/a", ["aws:logs:arn": "arn:x", "b": "2"])
        let asked = try #require(kms.bench.authorizer.asked.last)
        #expect(asked.action == "kms:Encrypt")
        #expect(asked.resource == kms.arn(id))
        #expect(
            asked.conditionValues == [
                "kms:CallerAccount": ["111122223333"],
                "kms:EncryptionAlgorithm": ["SYMMETRIC_DEFAULT"],
                "kms:EncryptionContext:aws:logs:arn": ["arn:x"],
                "kms:EncryptionContext:b": ["2"],
                "kms:EncryptionContextKeys": ["aws:logs:arn", "b"],
                "kms:KeyOrigin": ["AWS_KMS"],
                "kms:KeySpec": ["SYMMETRIC_DEFAULT"],
                "kms:KeyUsage": ["ENCRYPT_DECRYPT"],
                "kms:MultiRegion": ["false"],
                "kms:RequestAlias": ["alias/a"],
                "kms:ResourceAliases": ["alias/a"],
                "aws:ResourceTag/team": ["red"],
            ]
        )
        #expect(asked.resourcePolicy?.document == KeyPolicy.standard(for: kms.bench.scope))
    }

    @Test func `record the encryption context and never the text`() async throws {
        let id = try await kms.makeKey()
        let context = kms.bench.context("kms:Encrypt")
        try await kms.call(
            "Encrypt",
            [
                "KeyId": .string(id), "Plaintext": .blob(Array("hunter2".utf8)),
                "EncryptionContext": ["b": "2", "a": "1/1"],
            ],
            in: context
        )
        let record = context.audit.record(of: context)
        #expect(record.resources == [kms.arn(id)])
        #expect(record.requestParameters["encryptionContext"] == #"{"a":"1/1","b":"2"}"#)
        #expect(record.requestParameters["keyId"] == id)
        let all = "\(record)"
        #expect(!all.contains("hunter2"))
        #expect(!all.contains("aHVudGVyMg"))
    }
}

@Suite("GenerateDataKey")
struct GenerateDataKeyTests {
    private let kms: Harness

    init() throws {
        kms = try Harness()
    }

    @Test(
        arguments: [
            (["KeySpec": "AES_128"], 16), (["KeySpec": "AES_256"], 32), (["NumberOfBytes": 1], 1),
            (["NumberOfBytes": 64], 64), (["NumberOfBytes": 1024], 1024),
        ] as [(JSON, Int)]
    )
    func `makes as many bytes as asked`(size: JSON, count: Int) async throws {
        let id = try await kms.makeKey()
        guard case .object(var input) = size else { return }
        input["KeyId"] = .string(id)
        input["EncryptionContext"] = ["a": "b"]
        let made = try await kms.call("GenerateDataKey", .object(input))
        #expect(made["Plaintext"].bytes.count == count)
        #expect(made["KeyId"].string == kms.arn(id))
        #expect(made["KeyMaterialId"].string.count == 64)
        let opened = try await kms.call(
            "Decrypt",
            ["CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": ["a": "b"]]
        )
        #expect(opened["Plaintext"] == made["Plaintext"])
        #expect(opened["KeyMaterialId"] == made["KeyMaterialId"])

        let without = try await kms.call("GenerateDataKeyWithoutPlaintext", .object(input))
        #expect(without.members == ["CiphertextBlob", "KeyId", "KeyMaterialId"])
        let later = try await kms.call(
            "Decrypt",
            ["CiphertextBlob": without["CiphertextBlob"], "EncryptionContext": ["a": "b"]]
        )
        #expect(later["Plaintext"].bytes.count == count)
    }

    @Test func `asks for its own two actions`() async throws {
        let id = try await kms.makeKey()
        let input: JSON = ["KeyId": .string(id), "KeySpec": "AES_256"]
        try await kms.call("GenerateDataKey", input)
        try await kms.call("GenerateDataKeyWithoutPlaintext", input)
        let asked = kms.bench.authorizer.asked.suffix(2).map(\.action)
        #expect(asked == ["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"])
    }
}
