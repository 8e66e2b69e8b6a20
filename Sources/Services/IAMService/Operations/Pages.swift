import ServiceKit
import Storage
import Vocabulary

/// One page of a list, and how to ask for the next.
struct Page<Item: Sendable>: Sendable {
    let items: [Item]
    let marker: String?

    var isTruncated: Bool { marker != nil }

    func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), marker: marker)
    }
}

/// Which page is asked for, of which question.
struct PageRequest: Sendable {
    let marker: String?
    let maxItems: Int?
    /// What must be the same on every page.
    let parameters: [String]

    var count: Int { maxItems ?? Limits.iamPageItems }
}

extension IAMService {
    /// A page of what is in memory already, in the order of its positions.
    func page<Item: Sendable>(
        of items: [Item],
        _ request: PageRequest,
        in context: OperationContext,
        position: (Item) -> String
    ) throws -> Page<Item> {
        let start = try self.start(of: request, in: context)
        let remaining = items.sorted { position($0) < position($1) }
            .filter { item in start.map { position(item) > $0 } ?? true }
        return try page(Array(remaining.prefix(request.count + 1)), request, context, position)
    }

    /// A page of the records below a prefix that `isWanted` accepts, read as far as needed.
    func page<Value: Codable & Sendable>(
        below prefix: RecordKey,
        _ request: PageRequest,
        in context: OperationContext,
        where isWanted: (Value) -> Bool
    ) async throws -> Page<Value> {
        var after = try start(of: request, in: context).map { prefix.appending($0) }
        var found: [Stored<Value>] = []
        while found.count <= request.count {
            let batch = try await store.range(
                prefix,
                as: Value.self,
                after: after,
                limit: request.count + 1
            )
            found += batch.filter { isWanted($0.value) }
            guard let last = batch.last, batch.count > request.count else { break }
            after = last.key
        }
        let kept = Array(found.prefix(request.count + 1))
        return try page(kept, request, context) { $0.key.components.last ?? "" }.map(\.value)
    }

    /// Cuts off the one item more than a page, which only tells that there is another.
    private func page<Item: Sendable>(
        _ items: [Item],
        _ request: PageRequest,
        _ context: OperationContext,
        _ position: (Item) -> String
    ) throws -> Page<Item> {
        let kept = Array(items.prefix(request.count))
        guard items.count > request.count, let last = kept.last else {
            return Page(items: kept, marker: nil)
        }
        let marker = try pageTokens.make(
            position: position(last),
            parameters: request.parameters,
            in: context
        )
        return Page(items: kept, marker: marker)
    }

    private func start(of request: PageRequest, in context: OperationContext) throws -> String? {
        guard let marker = request.marker else { return nil }
        guard
            let position = pageTokens.position(
                in: marker,
                parameters: request.parameters,
                in: context
            )
        else { throw IAMFault.validation("Invalid Marker.") }
        return position
    }
}
