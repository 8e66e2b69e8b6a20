/// Counts the writes of a store; a record carries the revision that wrote it last.
package typealias Revision = UInt64

/// One record as it is stored.
package struct Record: Equatable, Sendable {
    package let key: RecordKey
    package let value: [UInt8]
    /// The transaction that wrote this value; different for every write of the key.
    package let revision: Revision

    package init(key: RecordKey, value: [UInt8], revision: Revision) {
        self.key = key
        self.value = value
        self.revision = revision
    }
}

/// Several changes that happen together or not at all, and what must hold for them to happen.
package struct RecordTransaction: Equatable, Sendable {
    package enum Condition: Equatable, Sendable {
        case absent(RecordKey)
        case present(RecordKey)
        /// The record was last written by this revision.
        case unchanged(RecordKey, Revision)

        package var key: RecordKey {
            switch self {
            case .absent(let key), .present(let key), .unchanged(let key, _): key
            }
        }
    }

    package enum Change: Equatable, Sendable {
        case put(RecordKey, [UInt8])
        /// Deleting what is not there is no error; a condition tells when it matters.
        case delete(RecordKey)
    }

    package var conditions: [Condition]
    package var changes: [Change]

    package init(conditions: [Condition] = [], changes: [Change] = []) {
        self.conditions = conditions
        self.changes = changes
    }
}

/// Why storage did not do what it was asked.
package enum StorageError: Error, Equatable, Sendable {
    /// A condition on this key does not hold; nothing was changed. Read again and decide again.
    case conflict(RecordKey)
    /// There is no room left; nothing was changed.
    case full
    /// What is stored is damaged, with a sentence for the operator.
    case corrupt(String)
    /// The engine cannot be reached or was closed, with a sentence for the operator.
    case unavailable(String)
    /// There is nothing at this position or under this name.
    case missing(String)
    /// What was asked for can never be: a name outside the rules, an entry past its limit.
    case invalid(String)
}

/// Named records in the order of their keys, with transactions over several keys.
///
/// In the manner of k3s-io/kine: small enough that an engine stays at a few hundred lines. What every engine
/// promises is `RecordPromise` in StorageConformance:
/// - A commit is durable when it returns, and is seen whole by every read that begins after that.
/// - If one condition fails, nothing is changed, and the error names the first key that failed.
/// - Ranges come in the order of the keys' bytes.
/// - Revisions grow by every commit that changes something.
package protocol OrderedRecords: Sendable {
    /// The records under these keys, in the order asked for; nil where there is none. One snapshot.
    func get(_ keys: [RecordKey]) async throws(StorageError) -> [Record?]

    /// Up to `limit` records whose keys begin with `prefix`, from the first one past `after`.
    ///
    /// Backwards, `after` is the key before which reading starts, and the last record comes first.
    func range(
        _ prefix: RecordKey,
        after: RecordKey?,
        limit: Int,
        backwards: Bool
    ) async throws(StorageError) -> [Record]

    /// Makes the changes if the conditions hold, and returns the revision that did.
    @discardableResult
    func commit(_ transaction: RecordTransaction) async throws(StorageError) -> Revision

    /// Takes off the disk the bytes of values that were deleted or replaced before this began.
    ///
    /// An engine may keep such bytes for a while. After this they are in no file of its own; what the file system or
    /// the drive keep of overwritten blocks is out of its reach.
    func scrub() async throws(StorageError)
}

extension OrderedRecords {
    package func get(_ key: RecordKey) async throws(StorageError) -> Record? {
        try await get([key])[0]
    }
}
