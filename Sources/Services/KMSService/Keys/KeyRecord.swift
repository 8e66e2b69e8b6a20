import FoundationEssentials
import Sealing
import Storage
import Vocabulary

/// A key as it is stored.
struct KeyRecord: Codable, Equatable, Sendable {
    let keyID: KeyID
    let creationDate: Date
    var description: String
    /// Whether it may be used; false while it waits for its destruction.
    var isEnabled: Bool
    /// When it will be destroyed; nil unless that has been asked for.
    var deletionDate: Date?
    /// The key policy, as its author wrote it but for its principals, which stand there by unique id.
    ///
    /// One that was stored before ids were kept has ARNs still.
    var policy: String
    var tags: [String: String]
    /// The names of its aliases, in order.
    ///
    /// They stand here so that conditions can ask for them.
    var aliases: [String]
    let materialID: MaterialID
    /// The key material, wrapped by the service's material key for this key and this material.
    let wrappedMaterial: Data
}

/// What can be done with a key, in AWS's words.
/// https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
enum KeyState: String, Sendable {
    case enabled = "Enabled"
    case disabled = "Disabled"
    case pendingDeletion = "PendingDeletion"
}

extension KeyRecord {
    var state: KeyState {
        if deletionDate != nil { return .pendingDeletion }
        return isEnabled ? .enabled : .disabled
    }

    /// Refuses what AWS refuses for a key that waits for its destruction.
    func requireNotPendingDeletion(in scope: Scope) throws(ServiceFault) {
        guard state != .pendingDeletion else {
            throw KMSFault.pendingDeletion(scope.arn(of: keyID))
        }
    }
}

/// An alias as it is stored.
struct AliasRecord: Codable, Equatable, Sendable {
    let name: String
    var target: KeyID
    let creationDate: Date
    var lastUpdatedDate: Date
}

/// Where the records of keys and aliases stand.
enum KMSRecordKey {
    static func keys(in scope: Scope) -> RecordKey { RecordKey(scope, "kms", "key") }

    static func key(_ id: KeyID, in scope: Scope) -> RecordKey {
        RecordKey(scope, "kms", "key", id.description)
    }

    static func aliases(in scope: Scope) -> RecordKey { RecordKey(scope, "kms", "alias") }

    static func alias(_ name: String, in scope: Scope) -> RecordKey {
        RecordKey(scope, "kms", "alias", name)
    }
}

extension Scope {
    func arn(of key: KeyID) -> ARN { arn(service: "kms", resource: "key/\(key)") }

    func arn(ofAlias name: String) -> ARN { arn(service: "kms", resource: name) }
}

/// A key that is ready for use: its record, and its material if it is enabled.
struct LoadedKey: Sendable {
    let scope: Scope
    let record: KeyRecord
    /// Nil unless the key is enabled, so that nothing can be done with it by mistake.
    let material: KeyMaterial?

    var arn: ARN { scope.arn(of: record.keyID) }
}
