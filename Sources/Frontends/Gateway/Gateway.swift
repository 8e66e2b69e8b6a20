// Gateway: control and data channels. Nodes and people each dial in; it checks their tokens, pairs the two ends of a
// session, relays their messages unchanged, and ends sessions that are over. Facts of the protocol and our own
// additions: docs/protocols/session.md.

package import Logging
package import ServiceKit
import ServiceLifecycle
import SessionWire
package import Vocabulary
package import WebSocketTransport

/// Serves the channels of sessions.
///
/// `serve` is called for each websocket and returns when it is closed; `post` answers the requests for a node's
/// tokens; `run` watches the clock. A node or person that breaks the protocol loses its own channel, nothing else.
package struct Gateway: Service {
    let registry: NodeRegistry
    let directory: any SessionDirectoryPort
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger

    package init(
        registry: NodeRegistry,
        directory: any SessionDirectoryPort,
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy(),
        logger: Logger
    ) {
        self.registry = registry
        self.directory = directory
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    /// Serves one websocket until it is closed.
    ///
    /// `context` is nil when its upgrade was not signed.
    package func serve(
        path: String,
        query: String,
        connection: WebSocketConnection,
        context: OperationContext?
    ) async {
        guard let id = registry.adopt(connection) else {
            return await connection.close(code: .goingAway, reason: "the server is stopping")
        }
        defer { registry.release(id) }
        var messages = connection.inbound.makeAsyncIterator()
        guard let address = ChannelAddress(path: path),
            let scope = context?.scope ?? ChannelAddress.scope(inQuery: query),
            let opening = await Self.opening(&messages),
            let token = await directory.open(token: opening.tokenValue, in: scope),
            token.opens(address, for: context?.principal),
            registry.use(token: opening.tokenValue)
        else {
            registry.countRefusal()
            return await connection.close(code: .policyViolation, reason: "token not accepted")
        }
        registry.opened(id)
        switch token {
        case .control(let node):
            let key = NodeRegistry.NodeKey(node: node, scope: scope)
            let agentVersion = String((opening.agentVersion ?? "").prefix(64))
            await serveControl(id, key, connection, &messages, agentVersion: agentVersion)
        case .node(let session, let node):
            let key = NodeRegistry.SessionKey(session: session, scope: scope)
            await serveData(id, key, .agent, node, connection, &messages)
        case .client(let session):
            let key = NodeRegistry.SessionKey(session: session, scope: scope)
            await serveData(id, key, .client, nil, connection, &messages)
        }
        await connection.close()
    }

    /// The first frame, if it comes in time and is one.
    private static func opening(_ messages: inout WebSocketInbound.Iterator) async
        -> ChannelOpening?
    {
        guard case .text(let text) = try? await messages.next(),
            text.utf8.count <= Limits.channelOpeningBytes
        else { return nil }
        return ChannelOpening(json: Array(text.utf8))
    }

    // MARK: Time

    /// Watches the sessions' timers until the server stops; then lets go of all channels.
    ///
    /// Sessions are not ended: both ends come back to the next server, and go on.
    package func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sweep()
                // Cancelled when the server stops.
                try? await Task.sleep(for: .seconds(Limits.gatewaySweepSeconds))
            }
        }
        await recordKeptEnds()
        await withTaskGroup { group in
            for connection in registry.drain() {
                group.addTask {
                    await connection.close(code: .goingAway, reason: "the server is stopping")
                }
            }
        }
    }

    /// Does what is due by now; `run` calls this every second.
    package func sweep() async {
        for key in registry.unknownSessions() {
            do {
                let session = try await directory.relayedSession(key.session, in: key.scope)
                _ = registry.learn(key, session)
            } catch {
                // Asked again at the next sweep.
                logger.error("session not found out", metadata: ["error": "\(error)"])
            }
        }
        await recordKeptEnds()
        // One line a second, and nothing in it that a stranger wrote: anybody can be refused as often as they like.
        let refused = registry.takeRefusals()
        if refused > 0 { logger.notice("channels refused", metadata: ["count": "\(refused)"]) }
        // Side by side, so that one end that does not answer its goodbye holds up no other.
        await withTaskGroup { group in
            for connection in registry.lateConnections() {
                group.addTask { await connection.close(code: .policyViolation, reason: "no token") }
            }
            for (key, actions) in registry.sweep() {
                group.addTask { _ = await carryOut(actions, for: key) }
            }
        }
    }

}

extension ChannelToken {
    /// Whether this token was made for that address, and for whoever signed the upgrade.
    ///
    /// A person's upgrade is not signed. A node's is: by the role session that bears its name, or its own key.
    func opens(_ address: ChannelAddress, for principal: Principal?) -> Bool {
        switch (self, address) {
        case (.control(let node), .control(let named)):
            node == named && principal?.nodeName == node.description
        case (.node(let session, let node), .data(let named)):
            session == named && principal?.nodeName == node.description
        case (.client(let session), .data(let named)):
            session == named
        default:
            false
        }
    }
}

extension Principal {
    fileprivate var nodeName: String? {
        switch self {
        case .assumedRole(let session): session.service == nil ? nil : session.sessionName
        case .node(let node): node.description
        case .user, .service, .anonymous: nil
        }
    }
}
