import Logging
import NIOCore
import ServiceKit
import SessionWire
import Vocabulary
import WebSocketTransport

/// A node's control channel.
extension Gateway {
    func serveControl(
        _ id: ConnectionID,
        _ key: NodeRegistry.NodeKey,
        _ connection: WebSocketConnection,
        _ messages: inout WebSocketInbound.Iterator,
        agentVersion: String
    ) async {
        if let older = registry.attachControl(id, key) {
            await older.close(code: .goingAway, reason: "replaced by a newer connection")
        }
        logger.info("node connected", metadata: ["node": "\(key.node)"])
        await record {
            try await directory.nodeConnected(key.node, agentVersion: agentVersion, in: key.scope)
        }
        await recoverSessions(of: key)
        await withDiscardingTaskGroup { goodbyes in
            do {
                while let message = try await messages.next() {
                    guard let agentMessage = AgentMessage(message) else {
                        logger.notice("malformed message", metadata: ["node": "\(key.node)"])
                        await connection.close(code: .protocolError, reason: "malformed message")
                        break
                    }
                    await received(agentMessage, of: key, on: connection, &goodbyes)
                }
            } catch {
                logger.info(
                    "control channel broke",
                    metadata: ["node": "\(key.node)", "error": "\(error)"]
                )
            }
            guard registry.detachControl(id, key) else { return }
            logger.info("node disconnected", metadata: ["node": "\(key.node)"])
            await record { try await directory.nodeDisconnected(key.node, in: key.scope) }
        }
    }

    /// Acts on one message of a node; the end of a session is acknowledged when it is written down.
    private func received(
        _ message: AgentMessage,
        of node: NodeRegistry.NodeKey,
        on connection: WebSocketConnection,
        _ goodbyes: inout DiscardingTaskGroup
    ) async {
        guard let report = ControlChannelMachine().received(message) else { return }
        if let (session, end) = report.end {
            guard await ended(session, end, reportedBy: node, &goodbyes) else { return }
        }
        _ = await registry.sender.send(
            .agentTaskAcknowledge,
            report.acknowledgement,
            to: connection
        )
    }

    /// Takes up sessions of this node that an earlier server left: its ends come back, or they are ended.
    private func recoverSessions(of key: NodeRegistry.NodeKey) async {
        await record {
            for session in try await directory.liveSessions(of: key.node, in: key.scope) {
                let sessionKey = NodeRegistry.SessionKey(
                    session: session.session,
                    scope: key.scope
                )
                _ = registry.learn(sessionKey, session)
            }
        }
    }

    /// The node says that a session is over; it may say so twice, or of one that is not its own.
    ///
    /// False when that is still to be written down. The ends are told beside, so that one that is slow to take its
    /// goodbye holds up no other session of the node.
    private func ended(
        _ session: SessionID,
        _ end: SessionEnd,
        reportedBy node: NodeRegistry.NodeKey,
        _ goodbyes: inout DiscardingTaskGroup
    ) async -> Bool {
        let key = NodeRegistry.SessionKey(session: session, scope: node.scope)
        if let known = registry.entry(key) {
            guard known.node == node.node else { return true }
            if let actions = registry.decide(key, { relay, _ in relay.completed(end) }),
                !actions.isEmpty
            {
                let isRecorded = await carryOut(actions.filter(\.isRecord), for: key)
                goodbyes.addTask { _ = await carryOut(actions.filter { !$0.isRecord }, for: key) }
                return isRecorded
            }
            if !registry.hasRelay(key) { registry.forget(key) }
        }
        if let kept = registry.unrecordedEnd(key) { return await recordEnd(kept, of: key) == nil }
        // Not relayed here: it failed before anybody attached, or ran when another server did.
        do {
            guard let live = try await directory.relayedSession(session, in: node.scope),
                live.node == node.node
            else { return true }
            return await recordEnd(end, of: key) == nil
        } catch {
            logger.error("directory refused", metadata: ["error": "\(error)"])
            return false
        }
    }
}

extension AgentMessage {
    /// A message of a control channel: stock agents take the same bytes in text frames too, and so do we.
    init?(_ message: WebSocketMessage) {
        switch message {
        case .binary(let frame):
            guard let parsed = try? AgentMessage(parsing: Array(frame.readableBytesView)) else {
                return nil
            }
            self = parsed
        case .text(let text):
            guard let parsed = try? AgentMessage(parsing: Array(text.utf8)) else { return nil }
            self = parsed
        }
    }
}
