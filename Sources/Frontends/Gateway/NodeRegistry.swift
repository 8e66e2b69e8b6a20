import Logging
import NIOCore
package import ServiceKit
import SessionWire
import Synchronization
package import Vocabulary
import WebSocketTransport

/// The nodes that are connected now, and the sessions that run over this server.
///
/// It is made before the services, which start and end sessions through it, and is then handed to the `Gateway`,
/// which serves the connections. Its lock is held to look something up and no longer: what a session's ends send is
/// decided by its `SessionRelay` under that one's own lock, and what is decided is done outside of both. The two locks
/// are never held together.
package final class NodeRegistry: NodeChannelPort {
    struct NodeKey: Hashable, Sendable {
        let node: NodeID
        let scope: Scope
    }

    struct SessionKey: Hashable, Sendable {
        let session: SessionID
        let scope: Scope
    }

    private struct Control {
        let connection: ConnectionID
        let openedAt: Int64
    }

    private struct State {
        var controls: [NodeKey: Control] = [:]
        var connections: [ConnectionID: WebSocketConnection] = [:]
        var relays: [SessionKey: SessionRelay] = [:]
        var unrecordedEnds = UnrecordedEnds()
        var lastConnection: UInt64 = 0
        /// Connections that have not shown a token yet, and when they must have.
        var openingDeadlines: [ConnectionID: Int64] = [:]
        /// Connections that were refused since the last sweep.
        var refusals = 0
        var isDraining = false
    }

    private let state = Mutex(State())
    private let usedTokens = UsedTokens()
    private let relayLimit: Int
    let clock: any WallClock
    let sender: ChannelSender

    package init(
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy(),
        relayLimit: Int = Limits.relayedSessions
    ) {
        self.clock = clock
        self.relayLimit = relayLimit
        sender = ChannelSender(clock: clock, entropy: entropy)
    }

    var now: Int64 { clock.now().milliseconds }

    // MARK: What services ask for

    package func isConnected(_ node: NodeID, in scope: Scope) async -> Bool {
        state.withLock { $0.controls[NodeKey(node: node, scope: scope)] != nil }
    }

    package func start(_ start: SessionStart, in scope: Scope) async -> Bool {
        let key = SessionKey(session: start.session, scope: scope)
        guard
            let relay = relay(key, addingOneOf: start.node, where: { $0.started(start, now: now) })
        else { return false }
        guard await push(start, in: scope) else {
            // A node that has come to know of it otherwise keeps it.
            forgetIfUnknown(key, relay)
            return false
        }
        return true
    }

    package func close(
        _ session: SessionID,
        of node: NodeID,
        output: String,
        in scope: Scope
    ) async {
        let key = SessionKey(session: session, scope: scope)
        let actions = decide(key) { relay, now in
            relay.close(SessionEnd(status: .terminated, output: output), now: now)
        }
        guard let actions else {
            if let relay = relay(key) { forgetIfUnknown(key, relay) }
            return await pushClosed(session, to: node, in: scope)
        }
        // Whoever asked has recorded that it ends; that it has ended is recorded when the node reports it, or does
        // not for a minute.
        for action in actions { await perform(action, for: key) }
    }

    package func disconnect(_ node: NodeID, in scope: Scope) async {
        let key = NodeKey(node: node, scope: scope)
        let connection = state.withLock { state in
            state.controls.removeValue(forKey: key).flatMap { state.connections[$0.connection] }
        }
        await connection?.close(code: .policyViolation, reason: "the node is not registered")
    }

    // MARK: Connections

    /// Takes a connection in; nil when the server is about to stop.
    ///
    /// Until `opened`, it has `Limits.channelOpeningSeconds` to show its token.
    func adopt(_ connection: WebSocketConnection) -> ConnectionID? {
        let deadline = now + Int64(Limits.channelOpeningSeconds * 1000)
        return state.withLock { state in
            guard !state.isDraining else { return nil }
            state.lastConnection += 1
            let id = ConnectionID(number: state.lastConnection)
            state.connections[id] = connection
            state.openingDeadlines[id] = deadline
            return id
        }
    }

    func opened(_ id: ConnectionID) {
        state.withLock { $0.openingDeadlines[id] = nil }
    }

    func release(_ id: ConnectionID) {
        state.withLock { state in
            state.connections[id] = nil
            state.openingDeadlines[id] = nil
        }
    }

    func countRefusal() {
        state.withLock { $0.refusals += 1 }
    }

    func takeRefusals() -> Int {
        state.withLock { state in
            defer { state.refusals = 0 }
            return state.refusals
        }
    }

    /// Connections that did not show a token in time.
    func lateConnections() -> [WebSocketConnection] {
        let now = now
        return state.withLock { state in
            state.openingDeadlines.filter { $0.value <= now }.compactMap {
                state.connections[$0.key]
            }
        }
    }

    func connection(_ id: ConnectionID) -> WebSocketConnection? {
        state.withLock { $0.connections[id] }
    }

    /// Whether this token opens a channel now: it never did before.
    func use(token: String) -> Bool {
        usedTokens.use(token, now: clock.now())
    }

    /// Lets no more connections in, and answers the ones there are.
    func drain() -> [WebSocketConnection] {
        state.withLock { state in
            state.isDraining = true
            return Array(state.connections.values)
        }
    }

    // MARK: Control channels

    /// The node's newest control channel; answers the one it takes the place of.
    func attachControl(_ id: ConnectionID, _ key: NodeKey) -> WebSocketConnection? {
        let control = Control(connection: id, openedAt: now)
        return state.withLock { state in
            state.controls.updateValue(control, forKey: key).flatMap {
                state.connections[$0.connection]
            }
        }
    }

    /// False when another one has taken its place.
    func detachControl(_ id: ConnectionID, _ key: NodeKey) -> Bool {
        state.withLock { state in
            guard state.controls[key]?.connection == id else { return false }
            state.controls[key] = nil
            return true
        }
    }

    // MARK: Relays

    private func relay(_ key: SessionKey) -> SessionRelay? {
        state.withLock { $0.relays[key] }
    }

    /// The session, made if there is none yet, once it takes in what it is given; nil when there is no room for one
    /// more, or when its end is only still to be written down.
    ///
    /// One that was retired at the same moment takes nothing in any more, and a new one takes its place.
    private func relay(
        _ key: SessionKey,
        addingOneOf node: NodeID,
        where takesIn: (SessionRelay) -> Bool
    ) -> SessionRelay? {
        while true {
            let found = state.withLock { state -> SessionRelay? in
                if let known = state.relays[key] { return known }
                // What the directory could not be told yet is over all the same.
                guard state.unrecordedEnds[key] == nil, state.relays.count < relayLimit else {
                    return nil
                }
                let relay = SessionRelay(node: node)
                state.relays[key] = relay
                return relay
            }
            guard let found else { return nil }
            if takesIn(found) { return found }
            remove(key, found)
        }
    }

    /// Lets go of a session that the directory has not been asked about.
    private func forgetIfUnknown(_ key: SessionKey, _ relay: SessionRelay) {
        if relay.retireIfUnknown() { remove(key, relay) }
    }

    /// Takes this one out, and none that has taken its place.
    private func remove(_ key: SessionKey, _ relay: SessionRelay) {
        state.withLock { state in
            if state.relays[key] === relay { state.relays[key] = nil }
        }
    }

    private func relays() -> [SessionKey: SessionRelay] {
        state.withLock(\.relays)
    }

    func hasRelay(_ key: SessionKey) -> Bool {
        relay(key)?.isKnown ?? false
    }

    /// Sessions whose limits nobody has asked the directory about yet.
    func unknownSessions() -> [SessionKey] {
        relays().filter { !$0.value.isKnown }.map(\.key)
    }

    /// Takes in what the directory says of a session; nil lets go of it.
    ///
    /// False when the session is not relayed: it is not live, or there is no room for one more.
    func learn(_ key: SessionKey, _ session: RelayedSession?) -> Bool {
        guard let session else {
            if let relay = relay(key) { forgetIfUnknown(key, relay) }
            return false
        }
        let now = now
        return relay(key, addingOneOf: session.node, where: { $0.learn(session, now: now) }) != nil
    }

    /// Lets the session's machine decide; nil when there is none.
    func decide<Decision: Sendable>(
        _ key: SessionKey,
        _ body: (inout RelayMachine, _ now: Int64) -> Decision
    ) -> Decision? {
        let now = now
        return relay(key)?.decide { body(&$0, now) }
    }

    func forget(_ key: SessionKey) {
        state.withLock { $0.relays[key] = nil }
    }

    // MARK: Ends that are not written down yet

    /// Whether the end is kept: false when there are too many already.
    func keepUnrecorded(_ key: SessionKey, _ end: SessionEnd) -> Bool {
        state.withLock { $0.unrecordedEnds.keep(end, of: key) }
    }

    func recorded(_ key: SessionKey) {
        state.withLock { $0.unrecordedEnds[key] = nil }
    }

    func unrecordedEnd(_ key: SessionKey) -> SessionEnd? {
        state.withLock { $0.unrecordedEnds[key] }
    }

    func unrecordedEnds() -> [SessionKey: SessionEnd] {
        state.withLock { $0.unrecordedEnds.all }
    }

    /// The node of a session that is known here, and what it was told to start it.
    func entry(_ key: SessionKey) -> (node: NodeID, start: SessionStart?)? {
        relay(key).map { ($0.node, $0.start) }
    }

    func controlConnection(_ key: NodeKey) -> WebSocketConnection? {
        state.withLock { state in
            state.controls[key].flatMap { state.connections[$0.connection] }
        }
    }

    /// Milliseconds until the node's control channel listens.
    func settlingTime(of key: NodeKey) -> Int64 {
        let now = now
        return state.withLock { state in
            guard let control = state.controls[key] else { return 0 }
            let age = max(0, now - control.openedAt)
            return max(0, Limits.controlChannelSettleMilliseconds - age)
        }
    }

    /// What is due in each session, and tokens that have run out forgotten.
    func sweep() -> [(key: SessionKey, actions: [RelayMachine.Action])] {
        usedTokens.forgetExpired(now: clock.now())
        let now = now
        return relays().compactMap { key, relay in
            guard let actions = relay.decide({ $0.tick(now: now) }), !actions.isEmpty else {
                return nil
            }
            return (key, actions)
        }
    }
}
