import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct UpdateManagedInstancePublicKeyInput: Decodable, Sendable {
    var newPublicKey: String?
    var newPublicKeyType: String?

    enum CodingKeys: String, CodingKey {
        case newPublicKey = "NewPublicKey"
        case newPublicKeyType = "NewPublicKeyType"
    }
}

extension SSMService {
    /// Switches a node to a new key pair; signed with the old one.
    ///
    /// From the moment it commits the new key counts and the old one does not: there is one key, never two.
    func updateManagedInstancePublicKey(
        _ input: UpdateManagedInstancePublicKeyInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.newPublicKeyType, "newPublicKeyType")
        try violations.check()
        let new = try NodeKey(
            publicKey: input.newPublicKey,
            type: input.newPublicKeyType,
            member: "newPublicKey"
        )
        try await retryingConflicts {
            let stored = try await signingNode(context)
            let old = Array(stored.value.publicKey)
            // An agent that could not keep its new key registers the old one again.
            guard old != new.der else { return }
            let newKey = RecordKey.nodeKey(new.digest, context.scope)
            guard try await store.get(newKey, as: String.self) == nil else {
                throw SSMFault.validation("The public key belongs to another managed node.")
            }
            var node = stored.value
            node.publicKey = Data(new.der)
            try await store.commit(
                RecordTransaction(
                    conditions: [.unchanged(stored.key, stored.revision), .absent(newKey)],
                    changes: [
                        store.put(stored.key, node), store.put(newKey, node.id),
                        .delete(.nodeKey(NodeKey.digest(old), context.scope)),
                    ]
                ),
                auditing: context
            )
        }
        return EmptyOutput()
    }
}
