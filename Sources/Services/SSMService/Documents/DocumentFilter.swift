import ServiceKit
import Vocabulary

/// One filter of ListDocuments: a document has to match one of the values.
struct DocumentFilter: CustomStringConvertible {
    let description: String
    private let test: (DocumentRecord) -> Bool

    func matches(_ document: DocumentRecord) -> Bool { test(document) }

    static func all(of input: ListDocumentsInput) throws -> [DocumentFilter] {
        try (input.documentFilterList ?? []).map { filter in
            try DocumentFilter(filter.key ?? "", filter.value.map { [$0] } ?? [])
        } + (input.filters ?? []).map { try DocumentFilter($0.key ?? "", $0.values ?? []) }
    }

    private init(_ key: String, _ values: [String]) throws {
        description = "\(key)=\(values.joined(separator: "\u{0}"))"
        switch key {
        case "Name": test = { document in values.contains { document.name.hasPrefix($0) } }
        case "Owner": test = { document in values.contains { Self.isOwner($0, of: document) } }
        case "DocumentType": test = { _ in values.contains("Session") }
        case "PlatformTypes":
            test = { _ in values.contains(where: DocumentDescription.platforms.contains) }
        case "TargetType":
            test = { document in document.targetType.map(values.contains) ?? false }
        case _ where key.hasPrefix("tag:"):
            let name = String(key.dropFirst("tag:".count))
            test = { document in document.tags[name].map(values.contains) ?? false }
        default: throw SSMFault.invalidFilterKey(key)
        }
    }

    /// Nothing is shared between accounts here: what is not AWS's own is the account's, and private.
    private static func isOwner(_ owner: String, of document: DocumentRecord) -> Bool {
        let isAmazon = document.owner == BuiltInDocuments.owner
        return switch owner {
        case "All": true
        case "Amazon", "Public": isAmazon
        case "Self", "Private": !isAmazon
        default: false
        }
    }
}
