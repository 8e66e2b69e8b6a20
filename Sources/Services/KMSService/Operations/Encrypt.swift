import FoundationEssentials
import ServiceKit
import Vocabulary

struct EncryptInput: Decodable, Sendable {
    let keyID: String?
    let plaintext: Data?
    let encryptionContext: [String: String]?
    let grantTokens: [String]?
    let encryptionAlgorithm: String?
    let dryRun: Bool?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case plaintext = "Plaintext"
        case encryptionContext = "EncryptionContext"
        case grantTokens = "GrantTokens"
        case encryptionAlgorithm = "EncryptionAlgorithm"
        case dryRun = "DryRun"
    }
}

struct EncryptOutput: Encodable, Sendable {
    let ciphertext: Data
    let keyID: String
    let encryptionAlgorithm = KeySpec.algorithm

    enum CodingKeys: String, CodingKey {
        case ciphertext = "CiphertextBlob"
        case keyID = "KeyId"
        case encryptionAlgorithm = "EncryptionAlgorithm"
    }
}

extension KMSService {
    /// Encrypts up to 4096 bytes under a key.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
    func encrypt(_ input: EncryptInput, in context: OperationContext) async throws -> EncryptOutput
    {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.required(input.plaintext, "plaintext")
        violations.blob(input.plaintext, "plaintext", upTo: Limits.kmsPlaintextBytes)
        violations.grantTokens(input.grantTokens)
        violations.algorithm(input.encryptionAlgorithm, "encryptionAlgorithm")
        try violations.check()
        let encryptionContext = try EncryptionContext(checking: input.encryptionContext)
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("encryptionAlgorithm", KeySpec.algorithm)
        encryptionContext.note(in: context)
        try refuseGrantTokens(input.grantTokens)

        let (key, reference) = try await key(input.keyID ?? "", .keyOrAlias, in: context)
        try await authorize(
            "kms:Encrypt",
            on: key,
            encryptionContext: encryptionContext,
            requestedAs: reference,
            in: context
        )
        let material = try material(of: key)
        try requireSymmetric(input.encryptionAlgorithm)
        if input.dryRun == true { throw KMSFault.dryRun }
        let ciphertext = KeyCiphertext.seal(
            Array(input.plaintext ?? Data()),
            under: material,
            encryptionContext,
            entropy: entropy
        )
        return EncryptOutput(ciphertext: Data(ciphertext), keyID: key.arn.description)
    }
}
