import FoundationEssentials
import Sealing
import ServiceKit
import Vocabulary

struct DecryptInput: Decodable, Sendable {
    let ciphertext: Data?
    let encryptionContext: [String: String]?
    let grantTokens: [String]?
    let keyID: String?
    let encryptionAlgorithm: String?
    let recipient: RecipientInput?
    let dryRun: Bool?
    let dryRunModifiers: [String]?

    enum CodingKeys: String, CodingKey {
        case ciphertext = "CiphertextBlob"
        case encryptionContext = "EncryptionContext"
        case grantTokens = "GrantTokens"
        case keyID = "KeyId"
        case encryptionAlgorithm = "EncryptionAlgorithm"
        case recipient = "Recipient"
        case dryRun = "DryRun"
        case dryRunModifiers = "DryRunModifiers"
    }
}

struct DecryptOutput: Encodable, Sendable {
    let keyID: String
    let plaintext: Data
    let encryptionAlgorithm = KeySpec.algorithm
    let keyMaterialID: String

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case plaintext = "Plaintext"
        case encryptionAlgorithm = "EncryptionAlgorithm"
        case keyMaterialID = "KeyMaterialId"
    }
}

extension KMSService {
    /// Decrypts what Encrypt, ReEncrypt or GenerateDataKey returned.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html
    func decrypt(_ input: DecryptInput, in context: OperationContext) async throws -> DecryptOutput
    {
        let ignoresCiphertext = try DryRunModifiers.ignoreCiphertext(
            input.dryRunModifiers,
            dryRun: input.dryRun
        )
        var violations = ConstraintViolations()
        if !ignoresCiphertext { violations.required(input.ciphertext, "ciphertextBlob") }
        violations.blob(input.ciphertext, "ciphertextBlob", upTo: Limits.kmsCiphertextBytes)
        violations.keyID(input.keyID, isRequired: ignoresCiphertext)
        violations.grantTokens(input.grantTokens)
        violations.algorithm(input.encryptionAlgorithm, "encryptionAlgorithm")
        try violations.check()
        let encryptionContext = try EncryptionContext(checking: input.encryptionContext)
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("encryptionAlgorithm", KeySpec.algorithm)
        encryptionContext.note(in: context)
        try refuseGrantTokens(input.grantTokens)
        try refuseRecipient(input.recipient)

        let opening = Opening(
            action: "kms:Decrypt",
            ciphertext: ignoresCiphertext ? nil : input.ciphertext,
            namedKey: input.keyID,
            encryptionContext: encryptionContext,
            algorithm: input.encryptionAlgorithm
        )
        let (key, plaintext) = try await open(opening, in: context)
        guard input.dryRun != true, let plaintext else { throw KMSFault.dryRun }
        return DecryptOutput(
            keyID: key.arn.description,
            plaintext: Data(plaintext.revealedBytes()),
            keyMaterialID: key.record.materialID.description
        )
    }
}

/// The modifiers of a dry run.
enum DryRunModifiers {
    /// Whether the ciphertext is left out of the dry run; throws if that is asked of a real run.
    static func ignoreCiphertext(_ modifiers: [String]?, dryRun: Bool?) throws -> Bool {
        var violations = ConstraintViolations()
        for modifier in modifiers ?? [] {
            violations.oneOf(modifier, "dryRunModifiers", ["IGNORE_CIPHERTEXT"])
        }
        try violations.check()
        guard modifiers?.isEmpty == false else { return false }
        guard dryRun == true else {
            throw KMSFault.validation("DryRunModifiers can be used only when DryRun is true.")
        }
        return true
    }
}

/// What Decrypt and the first half of ReEncrypt ask for.
struct Opening: Sendable {
    let action: String
    /// Nil in a dry run without one.
    let ciphertext: Data?
    let namedKey: String?
    let encryptionContext: EncryptionContext
    let algorithm: String?
    var conditionValues: [String: [String]] = [:]
}

extension KMSService {
    /// Finds the key of a ciphertext, asks whether it may be used, and opens.
    ///
    /// Without a named key the key is told by the header, which is not verified before its material has opened
    /// the ciphertext: until then it only says which policy to ask.
    func open(
        _ opening: Opening,
        in context: OperationContext
    ) async throws -> (LoadedKey, Secret?) {
        let ciphertext: KeyCiphertext?
        if let bytes = opening.ciphertext {
            guard let read = KeyCiphertext(unverified: Array(bytes)) else {
                throw KMSFault.invalidCiphertext
            }
            ciphertext = read
        } else {
            ciphertext = nil
        }

        let key: LoadedKey
        var reference: KeyReference?
        if let namedKey = opening.namedKey {
            let (named, form) = try await self.key(namedKey, .keyOrAlias, in: context)
            (key, reference) = (named, form)
        } else if let id = ciphertext?.keyID {
            guard let found = try await keys.key(id, in: context.scope) else {
                throw KMSFault.ciphertextAccessDenied
            }
            context.audit.touched(found.arn)
            key = found
        } else {
            throw KMSFault.invalidCiphertext
        }
        try await authorizeOpening(opening, key, reference, in: context)
        try requireSymmetric(opening.algorithm)
        guard let ciphertext else {
            _ = try material(of: key)
            return (key, nil)
        }
        guard ciphertext.keyID == key.record.keyID else { throw KMSFault.incorrectKey }
        let material = try material(of: key)
        do {
            return (key, try ciphertext.open(with: material, opening.encryptionContext))
        } catch {
            throw KMSFault.invalidCiphertext
        }
    }

    private func authorizeOpening(
        _ opening: Opening,
        _ key: LoadedKey,
        _ reference: KeyReference?,
        in context: OperationContext
    ) async throws {
        do {
            try await authorize(
                opening.action,
                on: key,
                encryptionContext: opening.encryptionContext,
                requestedAs: reference,
                opening.conditionValues,
                in: context
            )
        } catch let fault as ServiceFault
            where fault.code == "AccessDeniedException" && opening.namedKey == nil
        {
            // Who does not name the key is not told which it is, nor whether it exists.
            throw KMSFault.ciphertextAccessDenied
        }
    }
}
