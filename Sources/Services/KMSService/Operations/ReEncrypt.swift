import FoundationEssentials
import Sealing
import ServiceKit
import Vocabulary

struct ReEncryptInput: Decodable, Sendable {
    let ciphertext: Data?
    let sourceEncryptionContext: [String: String]?
    let sourceKeyID: String?
    let destinationKeyID: String?
    let destinationEncryptionContext: [String: String]?
    let sourceEncryptionAlgorithm: String?
    let destinationEncryptionAlgorithm: String?
    let grantTokens: [String]?
    let dryRun: Bool?
    let dryRunModifiers: [String]?

    enum CodingKeys: String, CodingKey {
        case ciphertext = "CiphertextBlob"
        case sourceEncryptionContext = "SourceEncryptionContext"
        case sourceKeyID = "SourceKeyId"
        case destinationKeyID = "DestinationKeyId"
        case destinationEncryptionContext = "DestinationEncryptionContext"
        case sourceEncryptionAlgorithm = "SourceEncryptionAlgorithm"
        case destinationEncryptionAlgorithm = "DestinationEncryptionAlgorithm"
        case grantTokens = "GrantTokens"
        case dryRun = "DryRun"
        case dryRunModifiers = "DryRunModifiers"
    }

    func check(ignoringCiphertext: Bool) throws {
        var violations = ConstraintViolations()
        if !ignoringCiphertext { violations.required(ciphertext, "ciphertextBlob") }
        violations.blob(ciphertext, "ciphertextBlob", upTo: Limits.kmsCiphertextBytes)
        violations.keyID(sourceKeyID, "sourceKeyId", isRequired: ignoringCiphertext)
        violations.keyID(destinationKeyID, "destinationKeyId")
        violations.grantTokens(grantTokens)
        violations.algorithm(sourceEncryptionAlgorithm, "sourceEncryptionAlgorithm")
        violations.algorithm(destinationEncryptionAlgorithm, "destinationEncryptionAlgorithm")
        try violations.check()
    }
}

struct ReEncryptOutput: Encodable, Sendable {
    let ciphertext: Data
    let sourceKeyID: String
    let keyID: String
    let sourceEncryptionAlgorithm = KeySpec.algorithm
    let destinationEncryptionAlgorithm = KeySpec.algorithm
    let sourceKeyMaterialID: String
    let destinationKeyMaterialID: String

    enum CodingKeys: String, CodingKey {
        case ciphertext = "CiphertextBlob"
        case sourceKeyID = "SourceKeyId"
        case keyID = "KeyId"
        case sourceEncryptionAlgorithm = "SourceEncryptionAlgorithm"
        case destinationEncryptionAlgorithm = "DestinationEncryptionAlgorithm"
        case sourceKeyMaterialID = "SourceKeyMaterialId"
        case destinationKeyMaterialID = "DestinationKeyMaterialId"
    }
}

extension KMSService {
    /// Moves a ciphertext under another key or context, without showing what it holds.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html
    func reEncrypt(
        _ input: ReEncryptInput,
        in context: OperationContext
    ) async throws -> ReEncryptOutput {
        let ignoresCiphertext = try DryRunModifiers.ignoreCiphertext(
            input.dryRunModifiers,
            dryRun: input.dryRun
        )
        try input.check(ignoringCiphertext: ignoresCiphertext)
        let sourceContext = try EncryptionContext(checking: input.sourceEncryptionContext)
        let destinationContext = try EncryptionContext(checking: input.destinationEncryptionContext)
        context.audit.noted("sourceKeyId", input.sourceKeyID)
        context.audit.noted("destinationKeyId", input.destinationKeyID)
        sourceContext.note(in: context, as: "sourceEncryptionContext")
        destinationContext.note(in: context, as: "destinationEncryptionContext")
        try refuseGrantTokens(input.grantTokens)

        let (destination, reference) = try await key(
            input.destinationKeyID ?? "",
            .keyOrAlias,
            in: context
        )
        let sameKey = try await isSameKey(input, destination, in: context)
        let values = ["kms:ReEncryptOnSameKey": ["\(sameKey)"]]
        let opening = Opening(
            action: "kms:ReEncryptFrom",
            ciphertext: ignoresCiphertext ? nil : input.ciphertext,
            namedKey: input.sourceKeyID,
            encryptionContext: sourceContext,
            algorithm: input.sourceEncryptionAlgorithm,
            conditionValues: values
        )
        let (source, plaintext) = try await open(opening, in: context)
        try await authorize(
            "kms:ReEncryptTo",
            on: destination,
            encryptionContext: destinationContext,
            requestedAs: reference,
            values,
            in: context
        )
        let material = try material(of: destination)
        try requireSymmetric(input.destinationEncryptionAlgorithm)
        guard input.dryRun != true, let plaintext else { throw KMSFault.dryRun }
        let ciphertext = plaintext.withBytes {
            KeyCiphertext.seal($0, under: material, destinationContext, entropy: entropy)
        }
        return ReEncryptOutput(
            ciphertext: Data(ciphertext),
            sourceKeyID: source.arn.description,
            keyID: destination.arn.description,
            sourceKeyMaterialID: source.record.materialID.description,
            destinationKeyMaterialID: destination.record.materialID.description
        )
    }

    private func isSameKey(
        _ input: ReEncryptInput,
        _ destination: LoadedKey,
        in context: OperationContext
    ) async throws -> Bool {
        if let source = input.sourceKeyID {
            let reference = try KeyReference(source, .keyOrAlias, in: context.scope)
            let key = try await keys.key(reference, in: context.scope)
            return key.record.keyID == destination.record.keyID
        }
        let ciphertext = KeyCiphertext(unverified: Array(input.ciphertext ?? Data()))
        return ciphertext?.keyID == destination.record.keyID
    }
}
