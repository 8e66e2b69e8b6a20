import FoundationEssentials
import ServiceKit
import Vocabulary

/// AWS's `KeyMetadata`: what may be told of a key.
struct KeyMetadata: Encodable, Sendable {
    let account: String
    let keyID: String
    let arn: String
    let creationDate: Date
    let isEnabled: Bool
    let description: String
    let keyUsage = KeySpec.usage
    let keyState: String
    let origin = KeySpec.origin
    let keyManager = "CUSTOMER"
    let customerMasterKeySpec = KeySpec.spec
    let keySpec = KeySpec.spec
    let encryptionAlgorithms = [KeySpec.algorithm]
    let isMultiRegion = false
    let currentKeyMaterialID: String
    let deletionDate: Date?

    init(_ record: KeyRecord, in scope: Scope) {
        account = scope.account.description
        keyID = record.keyID.description
        arn = scope.arn(of: record.keyID).description
        creationDate = record.creationDate
        isEnabled = record.isEnabled
        description = record.description
        keyState = record.state.rawValue
        deletionDate = record.deletionDate
        currentKeyMaterialID = record.materialID.description
    }

    enum CodingKeys: String, CodingKey {
        case account = "AWSAccountId"
        case keyID = "KeyId"
        case arn = "Arn"
        case creationDate = "CreationDate"
        case isEnabled = "Enabled"
        case description = "Description"
        case keyUsage = "KeyUsage"
        case keyState = "KeyState"
        case origin = "Origin"
        case keyManager = "KeyManager"
        case customerMasterKeySpec = "CustomerMasterKeySpec"
        case keySpec = "KeySpec"
        case encryptionAlgorithms = "EncryptionAlgorithms"
        case isMultiRegion = "MultiRegion"
        case currentKeyMaterialID = "CurrentKeyMaterialId"
        case deletionDate = "DeletionDate"
    }
}

/// The answer of CreateKey and DescribeKey.
struct KeyMetadataOutput: Encodable, Sendable {
    let metadata: KeyMetadata

    enum CodingKeys: String, CodingKey {
        case metadata = "KeyMetadata"
    }
}

/// The input of operations that take a key and nothing else.
struct KeyInput: Decodable, Sendable {
    let keyID: String?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
    }

    func checkedKeyID() throws -> String {
        var violations = ConstraintViolations()
        violations.keyID(keyID)
        try violations.check()
        return keyID ?? ""
    }
}
