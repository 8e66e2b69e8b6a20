import FoundationEssentials
package import ServiceKit
import Storage
package import Vocabulary

/// What the gateway asks and reports.
extension SSMService: SessionDirectoryPort {
    package func createControlChannel(
        node: NodeID,
        in context: OperationContext
    ) async throws -> String {
        context.audit.touched(context.scope.nodeARN(node.description))
        _ = try await callingNode(mustBe: node.description, context)
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssmmessages:CreateControlChannel",
                on: "*",
                conditionValues: sourceInstance(context)
            ),
            in: context
        )
        return channelTokens.make(.control(node), in: context.scope)
    }

    package func createDataChannel(
        session id: SessionID,
        in context: OperationContext
    ) async throws -> String {
        context.audit.touched(context.scope.sessionARN(id.description))
        let node = try await callingNode(context).value
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssmmessages:CreateDataChannel",
                on: "*",
                conditionValues: sourceInstance(context)
            ),
            in: context
        )
        // To another node a session is as good as none.
        guard let record = try await session(id, in: context.scope)?.value, record.node == node.id
        else {
            throw SSMFault.accessDenied(
                "\(context.principal.displayName) has no session \(id)."
            )
        }
        guard !record.state.isEnded else {
            // The agent looks for these words, and gives up when it finds them.
            throw SSMFault.validation("Session is already terminated")
        }
        return channelTokens.make(.node(id, try node.nodeID), in: context.scope)
    }

    package func open(token: String, in scope: Scope) async -> ChannelToken? {
        channelTokens.open(token, in: scope)
    }

    package func relayedSession(
        _ id: SessionID,
        in scope: Scope
    ) async throws -> RelayedSession? {
        guard let record = try await session(id, in: scope)?.value, !record.state.isEnded else {
            return nil
        }
        return RelayedSession(
            session: id,
            node: try record.nodeID,
            startedAt: record.started,
            idleTimeout: TimeInterval(record.idleTimeoutMinutes * 60),
            maximumDuration: record.maxDurationMinutes.map { TimeInterval($0 * 60) }
        )
    }

    package func nodeConnected(
        _ node: NodeID,
        agentVersion: String,
        in scope: Scope
    ) async throws {
        try await retryingConflicts {
            let stored = try await requireNode(node, in: scope)
            guard stored.value.agent.version != agentVersion, !agentVersion.isEmpty else { return }
            var record = stored.value
            record.agent.version = agentVersion
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision)],
                    changes: [store.put(stored.key, record)]
                )
            )
        }
        // What ended while the node was away, it does not know of: an orphaned shell would stay for ever.
        for record in try await sessions(of: node, in: scope)
        where record.state.isEnded || record.state == .terminating {
            let id = try record.sessionID
            await nodes.close(id, of: node, output: "", in: scope)
            if record.state.isEnded { try await release(id, of: node, in: scope) }
        }
    }

    package func nodeDisconnected(_ node: NodeID, in scope: Scope) async throws {
        try await retryingConflicts {
            // A node that was deregistered meanwhile has nothing to note.
            guard
                let stored = try await store.get(.node(node, scope), as: NodeRecord.self)
            else { return }
            var record = stored.value
            record.lastDisconnected = clock.now()
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision)],
                    changes: [store.put(stored.key, record)]
                )
            )
        }
    }

    package func connected(_ session: SessionID, in scope: Scope) async throws {
        try await apply(.attached, to: session, in: scope)
    }

    package func disconnected(_ session: SessionID, in scope: Scope) async throws {
        try await apply(.clientLost, to: session, in: scope)
    }

    package func ending(_ session: SessionID, _ end: SessionEnd, in scope: Scope) async throws {
        try await apply(.endRequested, to: session, end: end, in: scope)
    }

    package func ended(_ session: SessionID, _ end: SessionEnd, in scope: Scope) async throws {
        let record = try await apply(
            end.status == .failed ? .failed : .completed,
            to: session,
            end: end,
            in: scope
        )
        if let record { try await release(session, of: record.nodeID, in: scope) }
    }
}
