import ServiceKit
import Storage
import Vocabulary

/// How we know which node calls.
extension SSMService {
    /// The node of that name, or the fault for one that is not registered.
    func requireNode(_ id: NodeID, in scope: Scope) async throws -> Stored<NodeRecord> {
        guard
            let stored = try await store.get(.node(id, scope), as: NodeRecord.self)
        else { throw SSMFault.unknownNode(id.description) }
        return stored
    }

    /// The node of a text that a caller gave.
    func requireNode(named text: String, in scope: Scope) async throws -> Stored<NodeRecord> {
        guard let id = try? NodeID(parsing: text) else { throw SSMFault.unknownNode(text) }
        return try await requireNode(id, in: scope)
    }

    /// The node that runs under the calling role session, which was made for it and is named for it.
    ///
    /// A session of the same role and name that somebody assumed is not the node's. Deregistration revokes the credentials and deletes the record in one transaction, so that neither
    /// lets a node in that is no longer registered.
    func callingNode(_ context: OperationContext) async throws -> Stored<NodeRecord> {
        guard case .assumedRole(let session) = context.principal,
            session.service == Self.principal,
            let id = try? NodeID(parsing: session.sessionName),
            session.roleARN.account == context.scope.account.description
        else {
            throw SSMFault.accessDenied(
                "\(context.principal.displayName) is not the role session of a managed node."
            )
        }
        let stored = try await requireNode(id, in: context.scope)
        guard stored.value.roleName == session.roleName else {
            throw SSMFault.accessDenied(
                "\(context.principal.displayName) is not the role session of node \(id), which runs "
                    + "under role \(stored.value.role)."
            )
        }
        return stored
    }

    /// The calling node, which must be the one that the call is about.
    func callingNode(mustBe id: String, _ context: OperationContext) async throws
        -> Stored<NodeRecord>
    {
        let stored = try await callingNode(context)
        guard stored.value.id == id else {
            throw SSMFault.accessDenied(
                "\(context.principal.displayName) cannot act for node \(id)."
            )
        }
        return stored
    }
}
