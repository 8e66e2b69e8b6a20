import ServiceKit
import SessionWire
import Vocabulary
import WebSocketTransport

/// Carrying out what a session's machine asked for.
extension NodeRegistry {
    /// Does what concerns the ends; what concerns the directory is the gateway's.
    func perform(_ action: RelayMachine.Action, for key: SessionKey) async {
        switch action {
        case .pushStart:
            if let start = entry(key)?.start { _ = await push(start, in: key.scope) }
        case .pushClosed:
            if let node = entry(key)?.node {
                await pushClosed(key.session, to: node, in: key.scope)
            }
        case .startPublication(let id):
            await tell(id, .startPublication)
        case .pausePublication(let id):
            await tell(id, .pausePublication)
        case .channelClosed(let id, let output):
            guard let connection = connection(id) else { return }
            _ = await sender.closed(
                key.session,
                output: output,
                to: connection,
                destination: key.session.description
            )
        case .disconnect(let id):
            await connection(id)?.close()
        case .forget:
            forget(key)
        case .recordConnected, .recordDisconnected, .recordEnding, .recordEnded:
            return
        }
    }

    /// Tells a node to start a session; false when it is not connected, or does not read.
    func push(_ start: SessionStart, in scope: Scope) async -> Bool {
        let key = NodeKey(node: start.node, scope: scope)
        guard let connection = await settledControl(key) else { return false }
        let payload = InteractiveShell(
            content: start.content,
            taskID: start.session.description
        )
        return await sender.send(.interactiveShell, payload.json(), to: connection)
    }

    /// Tells a node that a session is over, if it is connected.
    func pushClosed(_ session: SessionID, to node: NodeID, in scope: Scope) async {
        guard let connection = await settledControl(NodeKey(node: node, scope: scope)) else {
            return
        }
        _ = await sender.closed(
            session,
            output: "",
            to: connection,
            destination: node.description
        )
    }

    /// The node's control channel, once it listens.
    ///
    /// A stock agent silently drops what comes in the first moments after it opened the channel.
    private func settledControl(_ key: NodeKey) async -> WebSocketConnection? {
        let wait = settlingTime(of: key)
        if wait > 0 { try? await Task.sleep(for: .milliseconds(wait)) }
        return controlConnection(key)
    }

    private func tell(_ id: ConnectionID, _ type: MessageType) async {
        guard let connection = connection(id) else { return }
        let payload = Array(#"{"SchemaVersion":1}"#.utf8)
        _ = await sender.send(type, payload, to: connection)
    }
}
