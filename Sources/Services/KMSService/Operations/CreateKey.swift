import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct CreateKeyInput: Decodable, Sendable {
    let policy: String?
    let description: String?
    let keyUsage: String?
    let customerMasterKeySpec: String?
    let keySpec: String?
    let origin: String?
    let customKeyStoreID: String?
    let bypassPolicyLockoutSafetyCheck: Bool?
    let tags: [KeyTag]?
    let multiRegion: Bool?
    let xksKeyID: String?

    enum CodingKeys: String, CodingKey {
        case policy = "Policy"
        case description = "Description"
        case keyUsage = "KeyUsage"
        case customerMasterKeySpec = "CustomerMasterKeySpec"
        case keySpec = "KeySpec"
        case origin = "Origin"
        case customKeyStoreID = "CustomKeyStoreId"
        case bypassPolicyLockoutSafetyCheck = "BypassPolicyLockoutSafetyCheck"
        case tags = "Tags"
        case multiRegion = "MultiRegion"
        case xksKeyID = "XksKeyId"
    }

    func check() throws {
        var violations = ConstraintViolations()
        violations.policy(policy)
        violations.length(description, "description", 0...Limits.kmsDescriptionLength)
        violations.oneOf(keyUsage, "keyUsage", Self.keyUsages)
        violations.oneOf(customerMasterKeySpec, "customerMasterKeySpec", Self.keySpecs)
        violations.oneOf(keySpec, "keySpec", Self.keySpecs)
        violations.oneOf(origin, "origin", Self.origins)
        violations.length(customKeyStoreID, "customKeyStoreId", 1...64)
        violations.length(xksKeyID, "xksKeyId", 1...128)
        try violations.check()
        try checkOffered()
    }

    /// Refuses by name the kinds of keys that AWS has and we do not.
    private func checkOffered() throws {
        if let keySpec, let customerMasterKeySpec, keySpec != customerMasterKeySpec {
            throw KMSFault.validation(
                "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                    + "CustomerMasterKeySpec is deprecated."
            )
        }
        let spec = keySpec ?? customerMasterKeySpec ?? KeySpec.spec
        guard spec == KeySpec.spec else {
            throw KMSFault.unsupported("KeySpec \(spec) is not supported; use \(KeySpec.spec).")
        }
        let usage = keyUsage ?? KeySpec.usage
        guard usage == KeySpec.usage else {
            throw KMSFault.validation("KeyUsage \(usage) is not compatible with KeySpec \(spec)")
        }
        if customKeyStoreID != nil {
            throw KMSFault.unsupported("Custom key stores are not supported.")
        }
        let origin = origin ?? KeySpec.origin
        guard origin == KeySpec.origin else {
            throw KMSFault.unsupported("Origin \(origin) is not supported; use \(KeySpec.origin).")
        }
        if xksKeyID != nil {
            throw KMSFault.validation("XksKeyId is valid only with the origin EXTERNAL_KEY_STORE.")
        }
        if multiRegion == true {
            throw KMSFault.unsupported("Multi-Region keys are not supported.")
        }
    }

    private static let keyUsages = [
        "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "SIGN_VERIFY",
    ]
    private static let origins = ["AWS_CLOUDHSM", "AWS_KMS", "EXTERNAL", "EXTERNAL_KEY_STORE"]
    private static let keySpecs = [
        "ECC_NIST_EDWARDS25519", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
        "ECC_SECG_P256K1", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "ML_DSA_44", "ML_DSA_65",
        "ML_DSA_87", "RSA_2048", "RSA_3072", "RSA_4096", "SM2", "SYMMETRIC_DEFAULT",
    ]
}

extension KMSService {
    /// Creates a symmetric encryption key.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
    func createKey(
        _ input: CreateKeyInput,
        in context: OperationContext
    ) async throws -> KeyMetadataOutput {
        try input.check()
        let tags = try KeyTag.checked(input.tags ?? [], onto: [:])
        let id = KeyID(entropy: entropy)
        let arn = context.scope.arn(of: id)
        note(input, in: context)

        let bypass = input.bypassPolicyLockoutSafetyCheck ?? false
        var values = KeySpec.conditionValues
        values["kms:BypassPolicyLockoutSafetyCheck"] = ["\(bypass)"]
        values.merge(KeyTag.conditionValues(tags)) { $1 }
        try await authorize("kms:CreateKey", onResource: "*", values, in: context)
        if !tags.isEmpty {
            try await authorize(
                "kms:TagResource",
                onResource: arn.description,
                values,
                in: context
            )
        }
        var policy = KeyPolicy.standard(for: context.scope)
        if let given = input.policy {
            policy = try await kept(given, in: context)
            if !bypass {
                values.merge(callerConditionValues(in: context)) { $1 }
                try await checkLockout(policy, of: arn, values, in: context)
            }
        }

        let materialID = MaterialID(entropy: entropy)
        let record = KeyRecord(
            keyID: id,
            creationDate: clock.now(),
            description: input.description ?? "",
            isEnabled: true,
            deletionDate: nil,
            policy: policy,
            tags: tags,
            aliases: [],
            materialID: materialID,
            wrappedMaterial: KeyMaterial.wrapped(
                for: id,
                materialID,
                by: materialKey,
                entropy: entropy
            )
        )
        context.audit.touched(arn)
        let transaction = try RecordTransaction(
            conditions: [.absent(KMSRecordKey.key(id, in: context.scope))],
            changes: [keys.put(record, in: context.scope)]
        )
        try await keys.commit(transaction, auditing: context)
        return KeyMetadataOutput(metadata: KeyMetadata(record, in: context.scope))
    }

    private func note(_ input: CreateKeyInput, in context: OperationContext) {
        context.audit.noted("description", input.description)
        context.audit.noted("policy", input.policy)
        context.audit.noted(
            "bypassPolicyLockoutSafetyCheck",
            input.bypassPolicyLockoutSafetyCheck.map { "\($0)" }
        )
    }
}
