import FoundationEssentials
import ServiceKit
import ServiceTestKit
import Testing
import Vocabulary

@testable import KMSService

@Suite("Faults of KMS")
struct FaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: String
        let input: JSON
        let code: String
        let message: String?

        init(_ operation: String, _ input: JSON, _ code: String, _ message: String? = nil) {
            self.operation = operation
            self.input = input
            self.code = code
            self.message = message
        }

        var testDescription: String { "\(operation) \(input): \(code)" }
    }

    private static let unknown = "12345678-1234-1234-1234-123456789012"
    private static let unknownARN = "arn:aws:kms:us-east-1:111122223333:key/" + unknown
    private static let text = JSON.blob([1])
    private static let policy = #"{"Version":"2012-10-17","Statement":[]}"#

    static let cases: [Case] = [
        // Names of keys.
        Case(
            "DescribeKey",
            [:],
            "ValidationException",
            "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null"
        ),
        Case("DescribeKey", ["KeyId": "x"], "NotFoundException", "Invalid keyId 'x'"),
        Case(
            "DescribeKey",
            ["KeyId": .string(unknown)],
            "NotFoundException",
            "Key '\(unknownARN)' does not exist"
        ),
        Case(
            "DescribeKey",
            ["KeyId": .string(unknownARN)],
            "NotFoundException",
            "Key '\(unknownARN)' does not exist"
        ),
        Case("DescribeKey", ["KeyId": .string(unknown.uppercased())], "NotFoundException", nil),
        Case(
            "DescribeKey",
            ["KeyId": "alias/x"],
            "NotFoundException",
            "Alias arn:aws:kms:us-east-1:111122223333:alias/x is not found."
        ),
        Case(
            "DescribeKey",
            ["KeyId": "arn:aws:kms:us-west-2:111122223333:key/x"],
            "NotFoundException",
            "Invalid arn us-west-2"
        ),
        Case(
            "DescribeKey",
            ["KeyId": .string("arn:aws:kms:us-east-1:999999999999:key/" + unknown)],
            "NotFoundException",
            "Key 'arn:aws:kms:us-east-1:999999999999:key/\(unknown)' does not exist"
        ),
        Case(
            "DescribeKey",
            ["KeyId": "arn:aws:s3:us-east-1:111122223333:key/x"],
            "InvalidArnException",
            nil
        ),
        Case("DescribeKey", ["KeyId": "arn:aws:kms"], "InvalidArnException", nil),
        Case(
            "DescribeKey",
            ["KeyId": .string(String(repeating: "x", count: 2049))],
            "ValidationException",
            nil
        ),
        Case(
            "GetKeyPolicy",
            ["KeyId": "alias/used"],
            "NotFoundException",
            "Invalid keyId 'alias/used'"
        ),
        Case(
            "EnableKey",
            ["KeyId": "alias/used"],
            "NotFoundException",
            "Invalid keyId 'alias/used'"
        ),
        Case("DescribeKey", ["KeyId": "KEY", "GrantTokens": ["t"]], "InvalidGrantTokenException"),

        // CreateKey.
        Case(
            "CreateKey",
            ["KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"],
            "UnsupportedOperationException"
        ),
        Case("CreateKey", ["KeySpec": "TWOFISH"], "ValidationException"),
        Case(
            "CreateKey",
            ["CustomerMasterKeySpec": "ECC_NIST_P256"],
            "UnsupportedOperationException"
        ),
        Case(
            "CreateKey",
            ["KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "RSA_2048"],
            "ValidationException"
        ),
        Case(
            "CreateKey",
            ["KeyUsage": "SIGN_VERIFY"],
            "ValidationException",
            "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT"
        ),
        Case("CreateKey", ["Origin": "EXTERNAL"], "UnsupportedOperationException"),
        Case(
            "CreateKey",
            ["Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": "cks-1"],
            "UnsupportedOperationException"
        ),
        Case("CreateKey", ["Origin": "NOWHERE"], "ValidationException"),
        Case("CreateKey", ["XksKeyId": "x"], "ValidationException"),
        Case("CreateKey", ["MultiRegion": true], "UnsupportedOperationException"),
        Case("CreateKey", ["Policy": "{"], "MalformedPolicyDocumentException"),
        Case("CreateKey", ["Policy": ""], "ValidationException"),
        Case("CreateKey", ["Policy": "\u{100}"], "ValidationException"),
        Case(
            "CreateKey",
            ["Description": .string(String(repeating: "x", count: 8193))],
            "ValidationException"
        ),
        Case("CreateKey", ["Tags": [["TagKey": "a"]]], "TagException"),
        Case(
            "CreateKey",
            ["Tags": [["TagKey": "a", "TagValue": "1"], ["TagKey": "a", "TagValue": "2"]]],
            "TagException"
        ),
        Case("CreateKey", ["Tags": [["TagKey": "aws:a", "TagValue": "1"]]], "TagException"),
        Case("CreateKey", ["Tags": [["TagKey": "", "TagValue": "1"]]], "TagException"),
        Case("CreateKey", ["Tags": [["TagKey": "a?", "TagValue": "1"]]], "TagException"),

        // Policies.
        Case(
            "GetKeyPolicy",
            ["KeyId": "KEY", "PolicyName": "other"],
            "NotFoundException",
            "No such policy exists"
        ),
        Case("PutKeyPolicy", ["KeyId": "KEY"], "ValidationException"),
        Case("PutKeyPolicy", ["KeyId": "KEY", "Policy": "no"], "MalformedPolicyDocumentException"),
        Case(
            "PutKeyPolicy",
            ["KeyId": "KEY", "PolicyName": "other", "Policy": .string(policy)],
            "NotFoundException"
        ),
        Case(
            "PutKeyPolicy",
            ["KeyId": "KEY", "Policy": .string(String(repeating: " ", count: 32_769))],
            "LimitExceededException"
        ),
        Case(
            "PutKeyPolicy",
            ["KeyId": "KEY", "Policy": .string(String(repeating: " ", count: 131_073))],
            "ValidationException"
        ),

        // Aliases.
        Case(
            "CreateAlias",
            ["AliasName": "x", "TargetKeyId": "KEY"],
            "ValidationException",
            "Invalid identifier"
        ),
        Case("CreateAlias", ["AliasName": "alias/", "TargetKeyId": "KEY"], "ValidationException"),
        Case(
            "CreateAlias",
            ["AliasName": "alias/a b", "TargetKeyId": "KEY"],
            "ValidationException"
        ),
        Case(
            "CreateAlias",
            ["AliasName": "alias/a:b", "TargetKeyId": "KEY"],
            "ValidationException",
            "alias/a:b contains invalid characters for an alias"
        ),
        Case(
            "CreateAlias",
            ["AliasName": "alias/aws/s3", "TargetKeyId": "KEY"],
            "NotAuthorizedException"
        ),
        Case(
            "CreateAlias",
            ["AliasName": "alias/used", "TargetKeyId": "KEY"],
            "AlreadyExistsException",
            "An alias with the name arn:aws:kms:us-east-1:111122223333:alias/used already exists"
        ),
        Case(
            "CreateAlias",
            ["AliasName": "alias/x", "TargetKeyId": "alias/used"],
            "NotFoundException"
        ),
        Case(
            "CreateAlias",
            ["AliasName": "alias/x", "TargetKeyId": .string(unknown)],
            "NotFoundException"
        ),
        Case("CreateAlias", ["AliasName": "alias/x"], "ValidationException"),
        Case(
            "CreateAlias",
            [
                "AliasName": .string("alias/" + String(repeating: "x", count: 251)),
                "TargetKeyId": "KEY",
            ],
            "ValidationException"
        ),
        Case("UpdateAlias", ["AliasName": "alias/x", "TargetKeyId": "KEY"], "NotFoundException"),
        Case("DeleteAlias", ["AliasName": "alias/x"], "NotFoundException"),
        Case("ListAliases", ["KeyId": .string(unknown)], "NotFoundException"),

        // Lists.
        Case(
            "ListKeys",
            ["Limit": 0],
            "ValidationException",
            "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"
        ),
        Case("ListKeys", ["Limit": 1001], "ValidationException"),
        Case("ListKeys", ["Marker": "bm8="], "InvalidMarkerException"),
        Case("ListAliases", ["Marker": "bm8="], "InvalidMarkerException"),
        Case("ListKeyPolicies", ["KeyId": "KEY", "Marker": "bm8="], "InvalidMarkerException"),
        Case("ListResourceTags", ["KeyId": "KEY", "Marker": "bm8="], "InvalidMarkerException"),
        Case("UntagResource", ["KeyId": "KEY", "TagKeys": ["aws:x"]], "TagException"),
        // Uses.
        Case("Encrypt", ["KeyId": "KEY"], "ValidationException"),
        Case(
            "Encrypt",
            ["KeyId": "KEY", "Plaintext": ""],
            "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1"
        ),
        Case(
            "Encrypt",
            ["KeyId": "KEY", "Plaintext": .blob([UInt8](repeating: 0, count: 4097))],
            "ValidationException",
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"
        ),
        Case(
            "Encrypt",
            ["KeyId": "KEY", "Plaintext": text, "EncryptionAlgorithm": "ROT13"],
            "ValidationException"
        ),
        Case(
            "Encrypt",
            ["KeyId": "KEY", "Plaintext": text, "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"],
            "InvalidKeyUsageException"
        ),
        Case(
            "Encrypt",
            [
                "KeyId": "KEY", "Plaintext": text,
                "EncryptionContext": ["a": .string(String(repeating: "x", count: 8192))],
            ],
            "ValidationException"
        ),
        Case(
            "Encrypt",
            ["KeyId": "KEY", "Plaintext": text, "GrantTokens": ["t"]],
            "InvalidGrantTokenException"
        ),
        Case(
            "Encrypt",
            ["KeyId": "KEY", "Plaintext": text, "DryRun": true],
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set."
        ),
        Case(
            "Encrypt",
            ["KeyId": "OFF", "Plaintext": text],
            "DisabledException",
            "OFF is disabled."
        ),
        Case("Encrypt", ["KeyId": "OFF", "Plaintext": text, "DryRun": true], "DisabledException"),
        Case("Decrypt", [:], "ValidationException"),
        Case(
            "Decrypt",
            ["CiphertextBlob": .blob([UInt8](repeating: 0, count: 6145))],
            "ValidationException"
        ),
        Case(
            "Decrypt",
            ["CiphertextBlob": text, "Recipient": [:]],
            "UnsupportedOperationException"
        ),
        Case(
            "Decrypt",
            ["CiphertextBlob": text, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]],
            "ValidationException"
        ),
        Case("Decrypt", ["DryRun": true, "DryRunModifiers": ["NONE"]], "ValidationException"),
        Case(
            "Decrypt",
            ["DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]],
            "ValidationException"
        ),
        Case(
            "Decrypt",
            ["KeyId": "KEY", "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]],
            "DryRunOperationException"
        ),
        Case(
            "Decrypt",
            ["KeyId": "OFF", "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]],
            "DisabledException"
        ),
        Case("Decrypt", ["CiphertextBlob": "SEALED", "DryRun": true], "DryRunOperationException"),
        Case(
            "Decrypt",
            ["CiphertextBlob": "SEALED", "EncryptionAlgorithm": "SM2PKE"],
            "InvalidKeyUsageException"
        ),
        Case(
            "ReEncrypt",
            ["CiphertextBlob": "SEALED", "DestinationKeyId": "OFF"],
            "DisabledException"
        ),
        Case(
            "ReEncrypt",
            ["CiphertextBlob": "SEALED", "DestinationKeyId": "KEY", "DryRun": true],
            "DryRunOperationException"
        ),
        Case("ReEncrypt", ["CiphertextBlob": "SEALED"], "ValidationException"),
        Case(
            "GenerateDataKey",
            ["KeyId": "KEY"],
            "ValidationException",
            "Please specify either number of bytes or key spec."
        ),
        Case(
            "GenerateDataKey",
            ["KeyId": "KEY", "KeySpec": "AES_256", "NumberOfBytes": 32],
            "ValidationException",
            "Please specify either number of bytes or key spec."
        ),
        Case("GenerateDataKey", ["KeyId": "KEY", "NumberOfBytes": 0], "ValidationException"),
        Case("GenerateDataKey", ["KeyId": "KEY", "NumberOfBytes": 1025], "ValidationException"),
        Case("GenerateDataKey", ["KeyId": "KEY", "KeySpec": "AES_512"], "ValidationException"),
        Case("GenerateDataKey", ["KeyId": "OFF", "KeySpec": "AES_256"], "DisabledException"),
        Case(
            "GenerateDataKey",
            ["KeyId": "KEY", "KeySpec": "AES_256", "DryRun": true],
            "DryRunOperationException"
        ),
        Case(
            "GenerateDataKeyWithoutPlaintext",
            ["KeyId": "KEY", "KeySpec": "AES_256", "DryRun": true],
            "DryRunOperationException"
        ),
    ]

    @Test(arguments: cases)
    func `are AWS's`(expected: Case) async throws {
        let kms = try Harness()
        let key = try await kms.makeKey()
        let off = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/used", "TargetKeyId": .string(key)])
        let sealed = try await kms.call("Encrypt", ["KeyId": .string(key), "Plaintext": Self.text])
        try await kms.call("DisableKey", ["KeyId": .string(off)])

        let fault = try await kms.fault(
            expected.operation,
            expected.input.replacing([
                "KEY": .string(key), "OFF": .string(off), "SEALED": sealed["CiphertextBlob"],
            ])
        )
        #expect(fault?.code == expected.code)
        #expect(fault?.status == 400)
        if let message = expected.message {
            #expect(fault?.message == message.replacing("OFF", with: kms.arn(off)))
        }
    }
}

extension JSON {
    /// The same with words put in for whole strings.
    func replacing(_ words: [String: JSON]) -> JSON {
        switch self {
        case .string(let text): words[text] ?? self
        case .array(let items): .array(items.map { $0.replacing(words) })
        case .object(let members): .object(members.mapValues { $0.replacing(words) })
        case .null, .bool, .number: self
        }
    }
}
