import FoundationEssentials
import LogEngine
import Sealing
import ServiceKit
import Storage
import Synchronization
import Vocabulary

/// What the next head takes in: where a stream stands after a batch, or a tombstone.
struct PendingEntry: Codable, Sendable {
    var group: String
    var stream: UInt64
    var nextSequence: UInt64
    /// The root of the stream, or the hash of the tombstone.
    var digest: String
    var isTombstone: Bool
    /// How many bytes the group gained; a removal counts its own at once.
    var bytes: Int64
}

/// A head or tombstone as it is stored: its bytes, and who vouches for them.
struct SignedRecord: Codable, Sendable {
    var encoded: Data
    var signature: Data
    var publicKey: Data
}

/// The account's log: signs what streams became, head after head.
///
/// Every put leaves a pending entry in its own transaction; each second they are gathered into a head that
/// is linked to the one before and signed. The entries go with the transaction that writes the head, so that
/// none is lost and none is taken twice.
final class AccountLog: Sendable {
    private struct SignerRecord: Codable, Sendable {
        var privateKey: Data
    }

    private let store: RecordStore
    private let clock: any WallClock
    private let entropy: any Entropy
    private let signers = Mutex<[Scope: HeadSigner]>([:])

    init(store: RecordStore, clock: any WallClock, entropy: any Entropy) {
        self.store = store
        self.clock = clock
        self.entropy = entropy
    }

    // MARK: Heads

    /// Signs a head over what is pending; returns it, or nil if there is nothing.
    ///
    /// Throws `conflict` if another process signed at the same time; the next second will do.
    @discardableResult
    func signHead(_ scope: Scope) async throws -> AccountHead? {
        let pending = try await store.range(
            LogsKey.pendings(scope),
            as: PendingEntry.self,
            limit: Limits.Logs.entriesPerHead
        )
        guard !pending.isEmpty else { return nil }
        let last = try await newestHead(scope)
        let head = AccountHead(
            account: scope.account.description,
            region: scope.region.description,
            number: last.map { $0.number + 1 } ?? 0,
            time: now,
            previous: last?.hash ?? .none,
            entries: try Self.entries(pending.map(\.value))
        )
        let key = LogsKey.head(scope, head.number)
        var transaction = RecordTransaction(conditions: [.absent(key)])
        transaction.changes.append(try store.put(key, try await signed(head.encoded, scope)))
        for entry in pending {
            transaction.conditions.append(.unchanged(entry.key, entry.revision))
            transaction.changes.append(.delete(entry.key))
        }
        try await addSizes(pending.map(\.value), scope, to: &transaction)
        try await store.commit(transaction)
        return head
    }

    func newestHead(_ scope: Scope) async throws -> AccountHead? {
        let last = try await store.range(
            LogsKey.heads(scope),
            as: SignedRecord.self,
            limit: 1,
            backwards: true
        ).first
        guard let last else { return nil }
        guard let head = AccountHead(encoded: Array(last.value.encoded)) else {
            throw StorageError.corrupt("a head of the account's log cannot be read")
        }
        return head
    }

    /// The entries of a head: of each stream the last state before the next tombstone.
    private static func entries(_ pending: [PendingEntry]) throws -> [AccountLogEntry] {
        var entries: [AccountLogEntry] = []
        for (index, entry) in pending.enumerated() {
            guard let group = LogGroupID(entry.group), let digest = LogDigest(hex: entry.digest)
            else {
                throw StorageError.corrupt("a pending entry of the account's log cannot be read")
            }
            if entry.isTombstone {
                entries.append(.tombstone(digest))
                continue
            }
            let following = index + 1 < pending.count ? pending[index + 1] : nil
            if let following, following.stream == entry.stream, !following.isTombstone { continue }
            entries.append(
                .stream(
                    group: group,
                    stream: LogStreamID(entry.stream),
                    nextSequence: entry.nextSequence,
                    root: digest
                )
            )
        }
        return entries
    }

    /// Adds what the entries say to the sizes of their groups.
    private func addSizes(
        _ pending: [PendingEntry],
        _ scope: Scope,
        to transaction: inout RecordTransaction
    ) async throws {
        let changes = Dictionary(pending.map { ($0.group, $0.bytes) }, uniquingKeysWith: +)
        for (group, bytes) in changes.sorted(by: { $0.key < $1.key }) where bytes != 0 {
            guard let groupID = LogGroupID(group) else { continue }
            let key = LogsKey.size(scope, groupID)
            let size = try await store.get(key, as: GroupSize.self)
            transaction.conditions.append(
                size.map { .unchanged(key, $0.revision) } ?? .absent(key)
            )
            transaction.changes.append(
                try store.put(key, GroupSize(bytes: (size?.value.bytes ?? 0) + bytes))
            )
        }
    }

    // MARK: Pending entries

    /// The change that makes the next head take in a batch.
    func pending(_ batch: Batch, of stream: LogStreamIdentity, _ scope: Scope) throws
        -> RecordTransaction.Change
    {
        try store.put(
            LogsKey.pending(scope, stream.stream, batch.firstSequence, "batch"),
            PendingEntry(
                group: stream.group.description,
                stream: stream.stream.number,
                nextSequence: batch.nextSequence,
                digest: batch.root,
                isTombstone: false,
                bytes: batch.bytes
            )
        )
    }

    /// The changes that keep a tombstone and make the next head take it in.
    func bury(
        _ tombstone: Tombstone,
        _ scope: Scope
    ) async throws -> [RecordTransaction.Change] {
        let stream = tombstone.stream
        let key = LogsKey.tombstone(scope, stream.group, stream.stream, tombstone.nextSequence)
        // Sorted behind the last batch it removed, and before the first one after.
        let last = tombstone.nextSequence > 0 ? tombstone.nextSequence - 1 : 0
        return [
            try store.put(key, try await signed(tombstone.encoded, scope)),
            try store.put(
                LogsKey.pending(scope, stream.stream, last, "tombstone"),
                PendingEntry(
                    group: stream.group.description,
                    stream: stream.stream.number,
                    nextSequence: tombstone.nextSequence,
                    digest: tombstone.hash.description,
                    isTombstone: true,
                    bytes: 0
                )
            ),
        ]
    }

    // MARK: Signing

    private func signed(_ bytes: [UInt8], _ scope: Scope) async throws -> SignedRecord {
        let signer = try await signer(scope)
        return SignedRecord(
            encoded: Data(bytes),
            signature: Data(try signer.sign(bytes)),
            publicKey: Data(signer.publicKey)
        )
    }

    /// The account's signing key in this region, made when it is first needed.
    private func signer(_ scope: Scope) async throws -> HeadSigner {
        if let signer = signers.withLock({ $0[scope] }) { return signer }
        let key = LogsKey.signer(scope)
        if try await store.get(key, as: SignerRecord.self) == nil {
            let record = SignerRecord(
                privateKey: Data(HeadSigner.makeKey(entropy: entropy).revealedBytes())
            )
            do {
                try await store.commit(
                    RecordTransaction(
                        conditions: [.absent(key)],
                        changes: [try store.put(key, record)]
                    )
                )
            } catch StorageError.conflict {
                // Another process made it first; theirs is read below.
            }
        }
        guard let record = try await store.get(key, as: SignerRecord.self)?.value,
            let signer = HeadSigner(Secret(Array(record.privateKey)))
        else { throw StorageError.corrupt("the signing key of the account's log cannot be read") }
        signers.withLock { $0[scope] = signer }
        return signer
    }

    private var now: Int64 { Int64((clock.now().timeIntervalSince1970 * 1000).rounded(.down)) }
}
