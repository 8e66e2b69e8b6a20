import FoundationEssentials
import Sealing
import ServiceKit
import Vocabulary

struct GenerateDataKeyInput: Decodable, Sendable {
    let keyID: String?
    let encryptionContext: [String: String]?
    let numberOfBytes: Int?
    let keySpec: String?
    let grantTokens: [String]?
    let recipient: RecipientInput?
    let dryRun: Bool?

    init(keyID: String, encryptionContext: [String: String], numberOfBytes: Int) {
        self.keyID = keyID
        self.encryptionContext = encryptionContext
        self.numberOfBytes = numberOfBytes
        keySpec = nil
        grantTokens = nil
        recipient = nil
        dryRun = nil
    }

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case encryptionContext = "EncryptionContext"
        case numberOfBytes = "NumberOfBytes"
        case keySpec = "KeySpec"
        case grantTokens = "GrantTokens"
        case recipient = "Recipient"
        case dryRun = "DryRun"
    }

    /// How long the data key is to be; the two ways to say so exclude each other.
    func checkedLength() throws -> Int {
        var violations = ConstraintViolations()
        violations.keyID(keyID)
        violations.range(numberOfBytes, "numberOfBytes", 1...Limits.kmsDataKeyBytes)
        violations.oneOf(keySpec, "keySpec", ["AES_128", "AES_256"])
        violations.grantTokens(grantTokens)
        try violations.check()
        switch (numberOfBytes, keySpec) {
        case (let count?, nil): return count
        case (nil, "AES_128"): return 16
        case (nil, _?): return 32
        case (nil, nil), (_?, _?):
            throw KMSFault.validation("Please specify either number of bytes or key spec.")
        }
    }
}

struct GenerateDataKeyOutput: Encodable, Sendable {
    let ciphertext: Data
    let plaintext: Data
    let keyID: String
    let keyMaterialID: String

    enum CodingKeys: String, CodingKey {
        case ciphertext = "CiphertextBlob"
        case plaintext = "Plaintext"
        case keyID = "KeyId"
        case keyMaterialID = "KeyMaterialId"
    }
}

extension KMSService {
    /// Makes a data key: to use now, and to keep.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
    func generateDataKey(
        _ input: GenerateDataKeyInput,
        in context: OperationContext
    ) async throws -> GenerateDataKeyOutput {
        let made = try await makeDataKey(input, authorizing: "kms:GenerateDataKey", in: context)
        return GenerateDataKeyOutput(
            ciphertext: Data(made.ciphertext),
            plaintext: Data(made.plaintext.revealedBytes()),
            keyID: made.key.arn.description,
            keyMaterialID: made.key.record.materialID.description
        )
    }

    struct MadeDataKey: Sendable {
        let key: LoadedKey
        let plaintext: Secret
        let ciphertext: [UInt8]
    }

    func makeDataKey(
        _ input: GenerateDataKeyInput,
        authorizing action: String,
        in context: OperationContext
    ) async throws -> MadeDataKey {
        let length = try input.checkedLength()
        let encryptionContext = try EncryptionContext(checking: input.encryptionContext)
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("keySpec", input.keySpec)
        context.audit.noted("numberOfBytes", input.numberOfBytes.map { "\($0)" })
        encryptionContext.note(in: context)
        try refuseGrantTokens(input.grantTokens)
        try refuseRecipient(input.recipient)

        let (key, reference) = try await key(input.keyID ?? "", .keyOrAlias, in: context)
        try await authorize(
            action,
            on: key,
            encryptionContext: encryptionContext,
            requestedAs: reference,
            in: context
        )
        let material = try material(of: key)
        if input.dryRun == true { throw KMSFault.dryRun }
        let plaintext = entropy.bytes(length)
        let ciphertext = KeyCiphertext.seal(
            plaintext,
            under: material,
            encryptionContext,
            entropy: entropy
        )
        return MadeDataKey(key: key, plaintext: Secret(plaintext), ciphertext: ciphertext)
    }
}
