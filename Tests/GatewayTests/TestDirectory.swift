import FoundationEssentials
import ServiceKit
import Simulation
import Vocabulary

/// Sessions and tokens in memory, and a note of all that was reported.
actor TestDirectory: SessionDirectoryPort {
    enum Event: Equatable {
        case nodeConnected(String)
        case nodeDisconnected
        case connected
        case disconnected
        case ending(SessionEnd)
        case ended(SessionEnd)
    }

    private var tokens: [String: ChannelToken] = [:]
    private var sessions: [SessionID: RelayedSession] = [:]
    private(set) var events: [Event] = []
    private var refusal: ServiceFault?
    /// Whether ends of sessions are refused, as by a full disk.
    private var refusesEnds = false
    /// Sessions whose ends are refused for ever, as by a damaged record.
    private var damaged: Set<SessionID> = []
    /// How often an end was refused.
    private(set) var refusedEnds = 0

    func issue(_ purpose: ChannelToken) -> String {
        let text = "token-\(tokens.count)&"
        tokens[text] = purpose
        return text
    }

    func add(_ session: RelayedSession) { sessions[session.session] = session }

    func refuse(with fault: ServiceFault) { refusal = fault }

    func refuseEnds(_ refuses: Bool) { refusesEnds = refuses }

    func damage(_ sessions: Set<SessionID>) { damaged = sessions }

    func createControlChannel(node: NodeID, in context: OperationContext) async throws -> String {
        if let refusal { throw refusal }
        return issue(.control(node))
    }

    func createDataChannel(
        session: SessionID,
        in context: OperationContext
    ) async throws -> String {
        guard let live = sessions[session] else {
            throw ServiceFault("AccessDeniedException", "Session is already terminated")
        }
        return issue(.node(session, live.node))
    }

    func open(token: String, in scope: Scope) async -> ChannelToken? { tokens[token] }

    func relayedSession(_ session: SessionID, in scope: Scope) async throws -> RelayedSession? {
        sessions[session]
    }

    func liveSessions(of node: NodeID, in scope: Scope) async throws -> [RelayedSession] {
        sessions.values.filter { $0.node == node }
    }

    func nodeConnected(_ node: NodeID, agentVersion: String, in scope: Scope) async throws {
        events.append(.nodeConnected(agentVersion))
    }

    func nodeDisconnected(_ node: NodeID, in scope: Scope) async throws {
        events.append(.nodeDisconnected)
    }

    func connected(_ session: SessionID, in scope: Scope) async throws {
        events.append(.connected)
    }

    func disconnected(_ session: SessionID, in scope: Scope) async throws {
        events.append(.disconnected)
    }

    func ending(_ session: SessionID, _ end: SessionEnd, in scope: Scope) async throws {
        events.append(.ending(end))
    }

    func ended(_ session: SessionID, _ end: SessionEnd, in scope: Scope) async throws {
        if refusesEnds || damaged.contains(session) {
            refusedEnds += 1
            throw refusesEnds
                ? ServiceFault("ServiceUnavailable", "no room left", status: 503)
                : ServiceFault.internalFailure
        }
        sessions[session] = nil
        events.append(.ended(end))
    }
}
