import Encoding
package import Vocabulary

/// The paths of the gateway: `/v1/control-channel/NODE` and `/v1/data-channel/SESSION`.
///
/// Nodes sign their requests, which tells whose they are. A person's end of a session is opened by its token
/// alone, so that the address that StartSession answers names account and region as well.
package enum ChannelAddress: Hashable, Sendable {
    case control(NodeID)
    case data(SessionID)

    /// Reads a path, percent-encoded or not; nil when it is not one of these.
    package init?(path: String) {
        guard let decoded = try? Percent.text(of: path.utf8) else { return nil }
        let parts = decoded.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, parts[1] == "v1" else { return nil }
        let name = String(parts[3])
        switch parts[2] {
        case "control-channel":
            guard let node = try? NodeID(parsing: name) else { return nil }
            self = .control(node)
        case "data-channel":
            guard let session = try? SessionID(parsing: name) else { return nil }
            self = .data(session)
        default:
            return nil
        }
    }

    /// The path, without query.
    package var path: String {
        switch self {
        case .control(let node): "/v1/control-channel/\(node)"
        // Every character of a session id may stand in a path as it is (RFC 3986, `pchar`).
        case .data(let session): "/v1/data-channel/\(session)"
        }
    }

    /// Path and query that a node opens its websocket with, sorted as they are signed.
    package var nodeTarget: String {
        switch self {
        case .control: path + "?role=subscribe&stream=input"
        case .data: path + "?role=publish_subscribe"
        }
    }

    /// Path and query of `StreamUrl`, for the person's end of a session in that scope.
    package static func clientTarget(_ session: SessionID, in scope: Scope) -> String {
        ChannelAddress.data(session).path
            + "?account=\(scope.account)&region=\(scope.region)&role=publish_subscribe"
    }

    /// The scope that the query of a `StreamUrl` names; nil when it names none.
    package static func scope(inQuery query: String) -> Scope? {
        var account: AccountID?
        var region: Region?
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            if parts[0] == "account" { account = try? AccountID(parsing: parts[1]) }
            if parts[0] == "region" { region = try? Region(parsing: parts[1]) }
        }
        guard let account, let region else { return nil }
        return Scope(account: account, region: region)
    }
}
