import ServiceKit
import Storage
package import Vocabulary

extension IAMService {
    /// Files users and roles by unique id that were made before policies held ids.
    ///
    /// Once for an installation, before it serves: until then nobody else changes its records. A second time it
    /// reads one record.
    package func prepare(account: AccountID) async throws {
        let keys = IAMKeys(account: account)
        guard try await store.get(keys.principalsAreFiled, as: Bool.self) == nil else { return }
        try await fileAll(UserRecord.self, keys)
        try await fileAll(RoleRecord.self, keys)
        var draft = Draft(store: store)
        try draft.put(keys.principalsAreFiled, true)
        try await store.commit(draft.transaction)
    }

    private func fileAll<Holder: PolicyHolder>(
        _ type: Holder.Type,
        _ keys: IAMKeys
    ) async throws {
        let prefix = keys.holders(Holder.kind)
        var last: RecordKey?
        while true {
            let page: [Stored<Holder>] = try await store.range(
                prefix,
                after: last,
                limit: Limits.iamPageItemsMost
            )
            guard let end = page.last?.key else { return }
            var draft = Draft(store: store)
            for stored in page { try draft.file(stored.value, in: keys) }
            try await store.commit(draft.transaction)
            last = end
        }
    }
}
