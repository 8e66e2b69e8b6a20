import FoundationEssentials
import Storage
import Vocabulary

/// That a key is to be destroyed, and when.
///
/// These records stand in the order of their dates for all accounts and regions, so that whoever destroys keys
/// reads what is due and nothing else. Each is written, moved and deleted with its key's own record.
struct KeyDeletion: Codable, Equatable, Sendable {
    let keyID: KeyID
    let date: Date

    /// Where the deletions of all accounts and regions stand.
    static let all = RecordKey(["", "", "kms", "deletion"])

    /// A key past all deletions that are due at `now`, and before the others.
    static func end(ofDueAt now: Date) -> RecordKey {
        all.appending(sortable(now)).endOfRange
    }

    func recordKey(in scope: Scope) -> RecordKey {
        Self.all.appending(
            Self.sortable(date),
            scope.account.description,
            scope.region.description,
            keyID.description
        )
    }

    /// The account and region that a record of this kind is filed under.
    static func scope(of key: RecordKey) throws(InvalidIdentifier) -> Scope? {
        let components = key.components
        guard components.count == 8 else { return nil }
        return Scope(
            account: try AccountID(parsing: components[5]),
            region: try Region(parsing: components[6])
        )
    }

    private static func sortable(_ date: Date) -> String {
        String(sortable: UInt64(max(0, date.timeIntervalSince1970 * 1000)))
    }
}

extension KeyRecord {
    var deletion: KeyDeletion? { deletionDate.map { KeyDeletion(keyID: keyID, date: $0) } }
}
