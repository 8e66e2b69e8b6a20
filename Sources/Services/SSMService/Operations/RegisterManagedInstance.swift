import FoundationEssentials
import Sealing
import ServiceKit
import Storage
import Vocabulary

struct RegisterManagedInstanceInput: Decodable, Sendable {
    var activationCode: String?
    var activationId: String?
    var fingerprint: String?
    var publicKey: String?
    var publicKeyType: String?
    var iamRole: String?
    var tags: [Tag]?

    enum CodingKeys: String, CodingKey {
        case activationCode = "ActivationCode"
        case activationId = "ActivationId"
        case fingerprint = "Fingerprint"
        case publicKey = "PublicKey"
        case publicKeyType = "PublicKeyType"
        case iamRole = "IamRole"
        case tags = "Tags"
    }
}

struct RegisterManagedInstanceOutput: Encodable, Sendable {
    var instanceId: String

    enum CodingKeys: String, CodingKey {
        case instanceId = "InstanceId"
    }
}

extension SSMService {
    /// Makes a node of a machine that holds an activation's id and code.
    ///
    /// The call is not signed: the code is the proof. The count goes up in the transaction that makes the
    /// node, so that the limit holds however many register at once. The agent repeats the call when the
    /// answer was lost; the same key and machine under the same activation is therefore the same node.
    func registerManagedInstance(
        _ input: RegisterManagedInstanceInput,
        _ context: OperationContext
    ) async throws -> RegisterManagedInstanceOutput {
        // Nobody has shown who they are yet: what has not the form of an id is not kept.
        context.audit.noted(
            "activationId",
            input.activationId.flatMap { ActivationRecord.isID($0) ? $0 : nil }
        )
        var violations = ConstraintViolations()
        violations.required(input.activationId, "activationId")
        violations.required(input.activationCode, "activationCode")
        violations.required(input.fingerprint, "fingerprint")
        // Not repeated: it is of a stranger's choice, and the answer is recorded.
        violations.length(input.fingerprint, "fingerprint", 1...128, isShown: false)
        violations.required(input.publicKeyType, "publicKeyType")
        try violations.check()
        guard input.iamRole == nil, input.tags == nil else {
            throw SSMFault.validation(
                "Registration with a role instead of an activation is not supported; use "
                    + "CreateActivation."
            )
        }
        guard let activationID = input.activationId, ActivationRecord.isID(activationID) else {
            throw SSMFault.invalidActivationID()
        }
        let code = Secret(utf8: input.activationCode ?? "")
        let activation = RecordKey.activation(activationID, context.scope)

        let node = try await retryingConflicts {
            guard let stored = try await store.get(activation, as: ActivationRecord.self),
                stored.value.code.matches(code)
            else { throw SSMFault.invalidActivation() }
            // Parsed after the code is checked, so that nobody without a code makes us parse.
            let key = try NodeKey(
                publicKey: input.publicKey,
                type: input.publicKeyType,
                member: "publicKey"
            )
            let machine = input.fingerprint ?? ""
            if let known = try await registered(key, machine, activationID, context) {
                return known
            }
            if let refusal = stored.value.refusal(at: clock.now()) { throw refusal }
            return try await register(key, machine, with: stored, context)
        }
        return RegisterManagedInstanceOutput(instanceId: node)
    }

    /// The node that this very machine made of this key before; nil when the key is new.
    private func registered(
        _ key: NodeKey,
        _ fingerprint: String,
        _ activationID: String,
        _ context: OperationContext
    ) async throws -> String? {
        guard
            let owner = try await store.get(.nodeKey(key.digest, context.scope), as: String.self)
        else { return nil }
        let node = try await requireNode(named: owner.value, in: context.scope).value
        guard node.activationID == activationID, node.hasFingerprint(fingerprint) else {
            throw SSMFault.validation("The public key belongs to another managed node.")
        }
        return node.id
    }

    private func register(
        _ key: NodeKey,
        _ fingerprint: String,
        with activation: Stored<ActivationRecord>,
        _ context: OperationContext
    ) async throws -> String {
        let id = NodeID(entropy: entropy)
        var counted = activation.value
        counted.registrationsCount += 1
        let node = NodeRecord(
            id: id.description,
            activationID: counted.id,
            name: counted.defaultInstanceName,
            role: counted.role,
            registered: clock.now(),
            publicKey: Data(key.der),
            fingerprint: fingerprint,
            tags: counted.tags
        )
        let nodeKey = RecordKey.node(id, context.scope)
        let digestKey = RecordKey.nodeKey(key.digest, context.scope)
        context.audit.touched(context.scope.nodeARN(node.id))
        try await store.commit(
            RecordTransaction(
                conditions: [
                    .unchanged(activation.key, activation.revision), .absent(nodeKey),
                    .absent(digestKey),
                ],
                changes: [
                    store.put(activation.key, counted), store.put(nodeKey, node),
                    store.put(digestKey, node.id),
                    store.put(.nodeScope(context.scope), context.scope.region.description),
                ]
            ),
            auditing: context
        )
        return node.id
    }
}
