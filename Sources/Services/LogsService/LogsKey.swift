import LogEngine
import Storage
import Vocabulary

/// Where each record of the log store lies.
///
/// Groups and streams are found by name; everything that belongs to one hangs on its id, so that a group or
/// stream of the same name made later never meets what an earlier one left behind.
enum LogsKey {
    // MARK: What callers name

    static func groups(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "group")
    }

    static func group(_ scope: Scope, _ name: String) -> RecordKey {
        groups(scope).appending(name)
    }

    static func streams(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        RecordKey(scope, "logs", "stream", group.description)
    }

    static func stream(_ scope: Scope, _ group: LogGroupID, _ name: String) -> RecordKey {
        streams(scope, group).appending(name)
    }

    /// Streams by the time of their last event; 0 for those without any.
    static func recents(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        RecordKey(scope, "logs", "recent", group.description)
    }

    static func recent(
        _ scope: Scope,
        _ group: LogGroupID,
        _ lastTimestamp: Int64?,
        _ name: String
    ) -> RecordKey {
        recents(scope, group).appending(String(sortable: UInt64(max(0, lastTimestamp ?? 0))), name)
    }

    // MARK: Batches, by sequence and by time

    static func batches(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID
    ) -> RecordKey {
        RecordKey(scope, "logs", "batch", group.description, String(sortable: stream.number))
    }

    static func batch(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID,
        _ sequence: UInt64
    ) -> RecordKey {
        batches(scope, group, stream).appending(String(sortable: sequence))
    }

    /// The batches of one stream by the time of their first event.
    static func streamTimes(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID
    ) -> RecordKey {
        RecordKey(scope, "logs", "streamtime", group.description, String(sortable: stream.number))
    }

    static func streamTime(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID,
        first: Int64,
        _ sequence: UInt64
    ) -> RecordKey {
        streamTimes(scope, group, stream).appending(
            String(sortable: UInt64(max(0, first))),
            String(sortable: stream.number),
            String(sortable: sequence)
        )
    }

    /// The batches of all streams of a group by the time of their first event.
    static func groupTimes(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        RecordKey(scope, "logs", "grouptime", group.description)
    }

    static func groupTime(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID,
        first: Int64,
        _ sequence: UInt64
    ) -> RecordKey {
        groupTimes(scope, group).appending(
            String(sortable: UInt64(max(0, first))),
            String(sortable: stream.number),
            String(sortable: sequence)
        )
    }

    // MARK: What hangs on a group

    /// The longest time that one batch of the group covers.
    static func span(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        RecordKey(scope, "logs", "span", group.description)
    }

    /// How many bytes the group holds.
    static func size(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        RecordKey(scope, "logs", "size", group.description)
    }

    static func dataKeys(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        RecordKey(scope, "logs", "datakey", group.description)
    }

    static func dataKey(_ scope: Scope, _ group: LogGroupID, _ id: String) -> RecordKey {
        dataKeys(scope, group).appending(id)
    }

    static func blob(_ scope: Scope, _ group: LogGroupID, _ name: String) -> RecordKey {
        RecordKey(scope, "logs", "blob", group.description, name)
    }

    // MARK: Proof

    static func signer(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "signer")
    }

    static func heads(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "head")
    }

    static func head(_ scope: Scope, _ number: UInt64) -> RecordKey {
        heads(scope).appending(String(sortable: number))
    }

    /// What the next head takes in, in the order of each stream.
    static func pendings(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "pending")
    }

    static func pending(
        _ scope: Scope,
        _ stream: LogStreamID,
        _ sequence: UInt64,
        _ kind: String
    ) -> RecordKey {
        pendings(scope).appending(
            String(sortable: stream.number),
            String(sortable: sequence),
            kind
        )
    }

    static func tombstones(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "tombstone")
    }

    static func tombstone(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID,
        _ next: UInt64
    ) -> RecordKey {
        tombstones(scope).appending(
            group.description,
            String(sortable: stream.number),
            String(sortable: next)
        )
    }

    // MARK: Maintenance

    static func deletedGroups(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "deletedgroup")
    }

    static func deletedGroup(_ scope: Scope, _ group: LogGroupID) -> RecordKey {
        deletedGroups(scope).appending(group.description)
    }

    static func deletedStreams(_ scope: Scope) -> RecordKey {
        RecordKey(scope, "logs", "deletedstream")
    }

    static func deletedStream(
        _ scope: Scope,
        _ group: LogGroupID,
        _ stream: LogStreamID
    ) -> RecordKey {
        deletedStreams(scope).appending(group.description, String(sortable: stream.number))
    }

    /// The accounts and regions that have ever had a group; the record is in none of them.
    static let scopes = RecordKey(["", "", "logs", "scope"])

    static func scope(_ scope: Scope) -> RecordKey {
        scopes.appending(scope.account.description, scope.region.description)
    }

    /// How far the append log has been moved into blobs.
    static let fence = RecordKey(["", "", "logs", "fence"])

    /// Blobs that no record names, and since when.
    static let orphans = RecordKey(["", "", "logs", "orphan"])

    static func orphan(_ blob: String) -> RecordKey {
        orphans.appending(blob)
    }
}
