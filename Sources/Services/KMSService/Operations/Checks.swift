import FoundationEssentials
import ServiceKit
import Vocabulary

// What several inputs have in common is checked here, so that each is worded once.

extension ConstraintViolations {
    mutating func keyID(_ value: String?, _ member: String = "keyId", isRequired: Bool = true) {
        if isRequired { required(value, member) }
        length(value, member, 1...Limits.kmsKeyReferenceLength)
    }

    mutating func blob(_ value: Data?, _ member: String, upTo limit: Int) {
        size(value?.count, member, 1...limit)
    }

    mutating func listing(limit: Int?, marker: String?) {
        range(limit, "limit", 1...1000)
        length(marker, "marker", 1...Limits.kmsMarkerLength)
    }

    mutating func grantTokens(_ tokens: [String]?) {
        count(tokens, "grantTokens", 0...Limits.kmsGrantTokens)
    }

    mutating func algorithm(_ value: String?, _ member: String) {
        oneOf(value, member, Self.algorithms)
    }

    private static let algorithms = [
        "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE", "SYMMETRIC_DEFAULT",
    ]

    mutating func aliasName(_ value: String?) {
        required(value, "aliasName")
        length(value, "aliasName", 1...Limits.kmsAliasLength)
        pattern(value, "aliasName", "^[a-zA-Z0-9:/_-]+$") { name in
            !name.isEmpty
                && name.utf8.allSatisfy {
                    switch $0 {
                    case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2F, 0x5F, 0x2D: true
                    default: false
                    }
                }
        }
    }

    mutating func policy(_ value: String?) {
        length(value, "policy", 1...Limits.kmsPolicyShapeLength)
        pattern(value, "policy", #"[\u0009\u000A\u000D\u0020-\u00FF]+"#) { policy in
            policy.unicodeScalars.allSatisfy(KeyPolicy.isAllowedCharacter)
        }
    }
}

/// Refuses what belongs to grants: there are none, so that no token can be right.
func refuseGrantTokens(_ tokens: [String]?) throws {
    guard tokens ?? [] == [] else { throw KMSFault.grantsNotOffered }
}

/// Refuses algorithms that a symmetric key does not know.
func requireSymmetric(_ algorithm: String?) throws {
    guard let algorithm, algorithm != KeySpec.algorithm else { return }
    throw KMSFault.incompatibleAlgorithm(algorithm)
}

/// Refuses the attestation of an enclave, which only AWS's own machines can give.
func refuseRecipient(_ recipient: RecipientInput?) throws {
    guard recipient != nil else { return }
    throw KMSFault.unsupported("Recipient is not supported: it belongs to AWS's Nitro systems.")
}

/// The member `Recipient`, of which only its presence matters.
struct RecipientInput: Decodable {}
