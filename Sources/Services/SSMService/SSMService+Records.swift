import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

extension SSMService {
    /// Reads, decides and writes, and does so again when somebody else wrote in between.
    func retryingConflicts<Result>(_ body: () async throws -> Result) async throws -> Result {
        for _ in 0..<Limits.conflictRetries {
            do {
                return try await body()
            } catch StorageError.conflict {
                continue
            }
        }
        throw SSMFault.tooManyUpdates()
    }

    /// One page of what `select` keeps of the records below `prefix`.
    ///
    /// A page looks through a bounded number of records, so that a filter that matches nothing costs no
    /// more than another; it may therefore hold fewer than `limit` and still have a next token.
    func page<Value: Decodable & Sendable, Item>(
        of type: Value.Type,
        below prefix: RecordKey,
        token: String?,
        limit: Int,
        parameters: [String],
        backwards: Bool = false,
        in context: OperationContext,
        select: (Stored<Value>) async throws -> Item?
    ) async throws -> (items: [Item], nextToken: String?) {
        var after = try token.map { token in
            guard
                let position = pageTokens.position(
                    in: token,
                    parameters: parameters,
                    in: context
                ),
                let bytes = Data(base64Encoded: position)
            else { throw SSMFault.invalidNextToken() }
            return RecordKey(encoded: Array(bytes))
        }
        var items: [Item] = []
        var scanned = 0
        var hasMore = true
        scan: while hasMore, items.count < limit, scanned < Limits.recordsPerPageScan {
            let batch = try await store.range(
                prefix,
                as: type,
                after: after,
                limit: Limits.recordBatch,
                backwards: backwards
            )
            hasMore = batch.count == Limits.recordBatch
            for (index, stored) in batch.enumerated() {
                scanned += 1
                after = stored.key
                if let item = try await select(stored) { items.append(item) }
                if items.count == limit {
                    hasMore = hasMore || index + 1 < batch.count
                    break scan
                }
            }
        }
        guard hasMore else { return (items, nil) }
        let next = try pageTokens.make(
            // A page that had no room for any continues at the beginning.
            position: Data((after ?? prefix).bytes).base64EncodedString(),
            parameters: parameters,
            in: context
        )
        return (items, next)
    }
}
