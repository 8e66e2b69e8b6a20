import PolicyEngine
import Synchronization
import Vocabulary

/// What authorization reads again and again: principals with their policies compiled, keys, policy texts.
///
/// Every change that this service makes forgets what was read from records. A reader notes the generation
/// before it reads and keeps the answer only if it is still the same, so that a slow reader cannot bring back
/// what a change has just made old. The server is the only writer of its records; with several, this needs
/// to be told of the others' changes.
final class IdentityCache: Sendable {
    /// Counts the changes; what was read under one is not kept under another.
    struct Generation: Equatable, Sendable {
        fileprivate var number: UInt64 = 0
    }

    private struct State {
        var generation = Generation()
        var identities: [IdentityKey: CachedIdentity] = [:]
        var accessKeys: [String: CachedAccessKey] = [:]
        var managed: [String: NamedPolicy] = [:]
        /// By the text itself; what a text means does not change, so this outlives changes.
        var documents: [DocumentKey: PolicyDocument] = [:]
    }

    struct IdentityKey: Hashable {
        let account: AccountID
        let kind: HolderKind
        /// In lower case.
        let name: String
    }

    struct DocumentKey: Hashable {
        let text: String
        let kind: PolicyDocument.Kind
    }

    private let state = Mutex(State())

    var generation: Generation { state.withLock { $0.generation } }

    /// Forgets everything that was read from records.
    func forget() {
        state.withLock { state in
            state.generation.number += 1
            state.identities.removeAll()
            state.accessKeys.removeAll()
            state.managed.removeAll()
        }
    }

    func identity(_ key: IdentityKey) -> CachedIdentity? { state.withLock { $0.identities[key] } }

    func keep(_ identity: CachedIdentity, as key: IdentityKey, read generation: Generation) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.identities.count >= Limits.cachedIdentities { state.identities.removeAll() }
            state.identities[key] = identity
        }
    }

    func accessKey(_ id: String) -> CachedAccessKey? { state.withLock { $0.accessKeys[id] } }

    func keep(_ accessKey: CachedAccessKey, read generation: Generation) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.accessKeys.count >= Limits.cachedIdentities { state.accessKeys.removeAll() }
            state.accessKeys[accessKey.record.id] = accessKey
        }
    }

    func managedPolicy(_ arn: String) -> NamedPolicy? { state.withLock { $0.managed[arn] } }

    func keep(_ policy: NamedPolicy, read generation: Generation) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.managed.count >= Limits.cachedIdentities { state.managed.removeAll() }
            state.managed[policy.name] = policy
        }
    }

    /// A document compiled, once for each text.
    func document(
        _ text: String,
        as kind: PolicyDocument.Kind
    ) throws(PolicyDocumentError) -> PolicyDocument {
        let key = DocumentKey(text: text, kind: kind)
        if let document = state.withLock({ $0.documents[key] }) { return document }
        let document = try PolicyDocument(parsing: text, as: kind)
        state.withLock { state in
            if state.documents.count >= Limits.cachedDocuments { state.documents.removeAll() }
            state.documents[key] = document
        }
        return document
    }
}

/// A user or role as authorization needs it.
struct CachedIdentity: Sendable {
    let id: String
    let name: String
    let policies: PolicySet
    let boundary: PolicySet?
    let tags: [String: String]
}

/// An access key with the user it belongs to.
struct CachedAccessKey: Sendable {
    let record: AccessKeyRecord
    let userARN: ARN
    let userName: String
}
