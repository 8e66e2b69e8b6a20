package import ServiceKit
package import Vocabulary

extension SSMService {
    /// The node's sessions that run, or should: one that is terminating is closed by `nodeConnected` instead.
    package func liveSessions(
        of node: NodeID,
        in scope: Scope
    ) async throws -> [RelayedSession] {
        var live: [RelayedSession] = []
        for record in try await sessions(of: node, in: scope)
        where !record.state.isEnded && record.state != .terminating {
            if let session = try await relayedSession(record.sessionID, in: scope) {
                live.append(session)
            }
        }
        return live
    }
}
