package import Sealing
package import Storage
package import Vocabulary

/// The key of one data directory, random and wrapped by the root key; all other keys derive from it.
///
/// It stands between the root key and the data so that the root key can be replaced by wrapping one secret
/// anew. It is kept in a record of its own, the only one that is not sealed under a key derived from it.
package struct StoreKey: Sendable {
    /// What a key derived from the store key is for; the text goes into the derivation and never changes.
    package enum Purpose: String, CaseIterable, Sendable {
        /// The values of all records.
        case records = "records"
        /// The tokens that continue a list.
        case pageTokens = "page tokens"
        /// The material of KMS keys.
        case keyMaterial = "kms key material"
        /// The data keys of log groups that have no key of a customer.
        case logs = "logs"
        /// The tokens by which sessions open their channels.
        case channelTokens = "channel tokens"
        /// Tokens of temporary credentials.
        case sessionTokens = "session tokens"
    }

    private static let place = "store key"
    private static let record = RecordKey(["", "", "store-key"])

    private let key: SealingKey

    /// Takes a store key that is kept nowhere, as a server in memory has.
    package init(_ secret: Secret) {
        key = SealingKey(secret)
    }

    /// Makes the store key of a new data directory.
    package static func create(
        in records: any OrderedRecords,
        under root: RootKey,
        entropy: some Entropy
    ) async throws -> StoreKey {
        let secret = Secret(entropy.bytes(SealingKey.length))
        let wrapped = root.wrap(secret, for: place, entropy: entropy)
        let transaction = RecordTransaction(
            conditions: [.absent(record)],
            changes: [.put(record, wrapped)]
        )
        do {
            try await records.commit(transaction)
        } catch .conflict {
            throw RootKeyError.initialized
        }
        return StoreKey(secret)
    }

    /// Opens the store key of a data directory that has been set up.
    package static func open(
        in records: any OrderedRecords,
        under root: RootKey
    ) async throws -> StoreKey {
        guard let wrapped = try await records.get(record) else {
            throw RootKeyError.notInitialized
        }
        let secret = try root.unwrap(wrapped.value, for: place)
        guard secret.count == SealingKey.length else {
            throw RootKeyError.damagedSecret(place: place)
        }
        return StoreKey(secret)
    }

    /// The key for one purpose.
    package func key(for purpose: Purpose) -> SealingKey {
        key.derived(for: "sekisho store key v1: \(purpose.rawValue)")
    }
}
