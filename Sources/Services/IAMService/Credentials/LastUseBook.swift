import FoundationEssentials
import ServiceKit
import Storage
import Synchronization
import Vocabulary

/// Remembers when and for what access keys and roles were used last.
///
/// Every call updates the memory, and a record is written only when the last one is a quarter of an hour old:
/// AWS too speaks of hours. The memory is bounded; what it lets go is in the records, a little older.
final class LastUseBook: Sendable {
    private struct Entry {
        var use: LastUse
        var written: Date?
    }

    private let store: RecordStore
    private let entries = Mutex<[String: Entry]>([:])

    init(store: RecordStore) {
        self.store = store
    }

    /// Notes a use.
    ///
    /// Its record is a nicety: a disk that is full for it must not stop the call it is about.
    func note(_ id: String, _ use: LastUse) async {
        let isDue = entries.withLock { entries in
            if entries.count >= Limits.trackedLastUses, entries[id] == nil { entries.removeAll() }
            let written = entries[id]?.written
            let age = written.map { use.date.timeIntervalSince($0) }
            let isDue = age.map { $0 >= TimeInterval(Limits.lastUseGranularitySeconds) } ?? true
            entries[id] = Entry(use: use, written: isDue ? use.date : written)
            return isDue
        }
        guard isDue else { return }
        do {
            let change = try store.put(IAMKeys.lastUse(id), use)
            try await store.commit(RecordTransaction(changes: [change]))
        } catch {
            // Not written, so the next use is due again.
            entries.withLock { $0[id]?.written = nil }
        }
    }

    func lastUse(_ id: String) async throws -> LastUse? {
        if let entry = entries.withLock({ $0[id] }) { return entry.use }
        return try await store.get(IAMKeys.lastUse(id), as: LastUse.self)?.value
    }
}

extension IAMService {
    /// Notes that the caller's key, and its role, were used for this call.
    func noteUse(_ context: OperationContext) async {
        let service = context.operation.split(separator: ":").first.map(String.init) ?? ""
        let use = LastUse(
            date: context.receivedAt,
            service: service,
            region: context.scope.region.description
        )
        switch context.principal {
        case .user:
            if let id = context.accessKeyID { await lastUses.note(id, use) }
        case .assumedRole(let session):
            await lastUses.note(session.roleID, use)
        case .service, .node, .anonymous:
            break
        }
    }
}
