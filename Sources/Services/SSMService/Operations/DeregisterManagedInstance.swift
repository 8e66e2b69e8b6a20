import ServiceKit
import Storage
import Vocabulary

struct DeregisterManagedInstanceInput: Decodable, Sendable {
    var instanceId: String?

    enum CodingKeys: String, CodingKey {
        case instanceId = "InstanceId"
    }
}

extension SSMService {
    /// Ends a node: its key, its credentials, its channels and its sessions.
    ///
    /// The record goes in the transaction that revokes the credentials, so that from the next call on nothing
    /// the node holds is worth anything. What is connected is closed after that, as closing needs the network.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeregisterManagedInstance.html
    func deregisterManagedInstance(
        _ input: DeregisterManagedInstanceInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.instanceId, "instanceId")
        try violations.check()
        let id = try await authorizeOnNode(
            "ssm:DeregisterManagedInstance",
            input.instanceId ?? "",
            context
        )
        try await retryingConflicts {
            let stored = try await requireNode(id, in: context.scope)
            let revocation = try await roles.revocation(
                ofSessionsNamed: id.description,
                service: Self.principal,
                in: context
            )
            let digest = NodeKey.digest(Array(stored.value.publicKey))
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision)],
                    changes: [.delete(stored.key), .delete(.nodeKey(digest, context.scope))]
                        + revocation
                ),
                auditing: context
            )
        }
        try await endSessions(
            of: id,
            output: "The managed node \(id) was deregistered.",
            in: context.scope
        )
        await nodes.disconnect(id, in: context.scope)
        return EmptyOutput()
    }

    /// Authorizes an action on a node, by its ARN and tags, and returns its checked id.
    ///
    /// An unknown node is authorized like one without tags, and then found missing by whoever reads it.
    func authorizeOnNode(
        _ action: String,
        _ id: String,
        _ context: OperationContext,
        conditionValues: [String: [String]] = [:]
    ) async throws -> NodeID {
        let arn = context.scope.nodeARN(id)
        context.audit.touched(arn)
        let parsed = try? NodeID(parsing: id)
        var tags: [Tag] = []
        if let parsed {
            tags =
                try await store.get(.node(parsed, context.scope), as: NodeRecord.self)?.value.tags
                ?? []
        }
        try await authorizer.authorize(
            AuthorizationRequest(
                action,
                on: arn.description,
                conditionValues: tags.resourceConditions
                    .merging(conditionValues) { _, given in given }
            ),
            in: context
        )
        guard let parsed else { throw SSMFault.unknownNode(id) }
        return parsed
    }
}
