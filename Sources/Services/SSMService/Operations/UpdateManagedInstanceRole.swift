import ServiceKit
import Storage
import Vocabulary

struct UpdateManagedInstanceRoleInput: Decodable, Sendable {
    var instanceId: String?
    var iamRole: String?

    enum CodingKeys: String, CodingKey {
        case instanceId = "InstanceId"
        case iamRole = "IamRole"
    }
}

extension SSMService {
    /// Gives a node another role.
    ///
    /// It takes effect at once: what the node has of the old role ends in the same transaction, and the agent
    /// gets credentials of the new one when it asks next.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateManagedInstanceRole.html
    func updateManagedInstanceRole(
        _ input: UpdateManagedInstanceRoleInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.instanceId, "instanceId")
        violations.required(input.iamRole, "iamRole")
        violations.length(input.iamRole, "iamRole", 1...64)
        try violations.check()
        let role = input.iamRole ?? ""
        context.audit.noted("iamRole", role)
        let id = try await authorizeOnNode(
            "ssm:UpdateManagedInstanceRole",
            input.instanceId ?? "",
            context
        )
        _ = try await requireNode(id, in: context.scope)
        try await roles.requireRole(role, trusting: Self.principal, in: context)
        try await retryingConflicts {
            let stored = try await requireNode(id, in: context.scope)
            var node = stored.value
            // A role that stays has nothing to end.
            let revocation =
                node.role == role
                ? []
                : try await roles.revocation(
                    ofSessionsNamed: id.description,
                    service: Self.principal,
                    in: context
                )
            node.role = role
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision)],
                    changes: [store.put(stored.key, node)] + revocation
                ),
                auditing: context
            )
        }
        return EmptyOutput()
    }
}
