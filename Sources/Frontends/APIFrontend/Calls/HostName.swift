import Vocabulary

/// What a host name says: `SERVICE.REGION.DOMAIN`, perhaps with a `stream-` before the service.
struct HostName: Equatable {
    let service: String
    let region: String

    /// Reads the value of a `Host` header; nil when it is not of that form under `domain`.
    init?(_ host: String, domain: String) {
        let name = host.prefix { $0 != ":" }.lowercased()
        let suffix = "." + domain.lowercased()
        guard name.hasSuffix(suffix) else { return nil }
        let labels = name.dropLast(suffix.count)
            .split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count == 2, !labels[0].isEmpty, !labels[1].isEmpty else { return nil }
        let streaming = ["streaming-", "stream-"].first { labels[0].hasPrefix($0) }
        service = String(labels[0].dropFirst(streaming?.count ?? 0))
        region = String(labels[1])
    }
}
