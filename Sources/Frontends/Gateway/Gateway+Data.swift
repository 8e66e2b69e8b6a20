import Logging
import NIOCore
import ServiceKit
import SessionWire
import Vocabulary
import WebSocketTransport

/// One end of a session.
extension Gateway {
    func serveData(
        _ id: ConnectionID,
        _ key: NodeRegistry.SessionKey,
        _ side: RelayMachine.Side,
        _ node: NodeID?,
        _ connection: WebSocketConnection,
        _ messages: inout WebSocketInbound.Iterator
    ) async {
        guard await isRelayed(key, node: node) else {
            // It may have ended while this end was away, or while no server ran.
            if let node { await registry.pushClosed(key.session, to: node, in: key.scope) }
            _ = await registry.sender.closed(
                key.session,
                output: "",
                to: connection,
                destination: key.session.description
            )
            return
        }
        let attached = registry.decide(key) { relay, now in relay.attached(side, id, now: now) }
        guard let attached else { return }
        // What was kept goes first, so that the peer is told to go on only when there is room again.
        let hasCaughtUp = await catchUp(side, id, key, connection)
        await carryOut(attached, for: key)
        do {
            guard hasCaughtUp else { throw WebSocketError.closed }
            while let message = try await messages.next() {
                guard case .binary(let frame) = message, let header = Self.header(frame) else {
                    logger.notice("malformed message", metadata: ["session": "\(key.session)"])
                    await connection.close(code: .protocolError, reason: "malformed message")
                    break
                }
                let contents = contents(of: frame, header, from: side, id, key)
                let decision = registry.decide(key) { relay, now in
                    relay.received(from: side, id, header, frame, contents: contents, now: now)
                }
                guard let (routing, actions) = decision else { break }
                if case .forward(let peer) = routing, let peer = registry.connection(peer) {
                    // Waits while the peer is slow, and with it this end's socket. What is lost with a breaking
                    // connection is sent again by its sender.
                    try? await peer.send(.binary(frame))
                }
                if !actions.isEmpty { await carryOut(actions, for: key) }
            }
        } catch {
            logger.info(
                "data channel broke",
                metadata: ["session": "\(key.session)", "error": "\(error)"]
            )
        }
        let detached = registry.decide(key) { relay, now in relay.detached(side, id, now: now) }
        if let detached { await carryOut(detached, for: key) }
    }

    /// What matters of a payload, read outside of every lock: the peer chooses what this costs.
    private func contents(
        of frame: ByteBuffer,
        _ header: AgentMessageHeader,
        from side: RelayMachine.Side,
        _ id: ConnectionID,
        _ key: NodeRegistry.SessionKey
    ) -> FrameContents {
        guard FrameContents.mayMatter(header, from: side),
            registry.decide(key, { relay, _ in relay.wantsContents(header, from: side, id) })
                == true
        else { return .opaque }
        return FrameContents(frame, header)
    }

    /// Sends an end what was kept for it; false when it could not be sent.
    private func catchUp(
        _ side: RelayMachine.Side,
        _ id: ConnectionID,
        _ key: NodeRegistry.SessionKey,
        _ connection: WebSocketConnection
    ) async -> Bool {
        while let kept = registry.decide(key, { relay, _ in relay.nextKept(for: side, id) }) ?? nil
        {
            do { try await connection.send(.binary(kept)) } catch { return false }
        }
        return true
    }

    /// Whether the session is one to relay: known here, or live in the directory.
    private func isRelayed(_ key: NodeRegistry.SessionKey, node: NodeID?) async -> Bool {
        if !registry.hasRelay(key) {
            let session = try? await directory.relayedSession(key.session, in: key.scope)
            guard registry.learn(key, session) else { return false }
        }
        guard let node else { return true }
        return registry.entry(key)?.node == node
    }

    private static func header(_ frame: ByteBuffer) -> AgentMessageHeader? {
        guard frame.readableBytes <= Limits.agentMessageBytes else { return nil }
        let bytes = Array(frame.readableBytesView.prefix(AgentMessageHeader.size))
        return try? AgentMessageHeader(parsing: bytes)
    }
}
