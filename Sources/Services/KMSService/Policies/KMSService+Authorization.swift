import Logging
import ServiceKit
import Vocabulary

extension KMSService {
    /// Asks whether the caller may do `action` with a key; the key's own policy takes part.
    func authorize(
        _ action: String,
        on key: LoadedKey,
        encryptionContext: EncryptionContext? = nil,
        requestedAs reference: KeyReference? = nil,
        _ values: [String: [String]] = [:],
        in context: OperationContext
    ) async throws {
        var conditionValues = conditionValues(of: key, in: context)
        conditionValues.merge(values) { $1 }
        if let encryptionContext {
            conditionValues.merge(encryptionContext.conditionValues) { $1 }
            conditionValues["kms:EncryptionAlgorithm"] = [KeySpec.algorithm]
        }
        if case .alias(let name) = reference { conditionValues["kms:RequestAlias"] = [name] }
        try await authorizer.authorize(
            AuthorizationRequest(
                action,
                on: key.arn.description,
                conditionValues: conditionValues,
                resourcePolicy: ResourcePolicy(
                    kind: .key,
                    document: policy(of: key, deciding: action),
                    account: key.scope.account
                )
            ),
            in: context
        )
    }

    /// The key's policy; where it cannot be read, the default one says who may see and replace it.
    ///
    /// No such policy is stored, but what was stored once must not lock a key for ever. AWS has its support for
    /// that, here it is who the account's own policies let. For everything else the key stays closed.
    private func policy(of key: LoadedKey, deciding action: String) -> String {
        let policy = key.record.policy
        guard action == "kms:PutKeyPolicy" || action == "kms:GetKeyPolicy",
            !KeyPolicy.isReadable(policy)
        else { return policy }
        logger.error(
            "The policy of a key cannot be read, so the account's policies decide who replaces it.",
            metadata: ["key": "\(key.arn)", "action": "\(action)"]
        )
        return KeyPolicy.standard(for: key.scope)
    }

    /// Asks whether the caller may do `action` with something that has no policy of its own.
    func authorize(
        _ action: String,
        onResource resource: String,
        _ values: [String: [String]] = [:],
        in context: OperationContext
    ) async throws {
        var conditionValues = callerConditionValues(in: context)
        conditionValues.merge(values) { $1 }
        try await authorizer.authorize(
            AuthorizationRequest(action, on: resource, conditionValues: conditionValues),
            in: context
        )
    }

    /// What conditions may ask about a key, whatever is done with it.
    /// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    private func conditionValues(
        of key: LoadedKey,
        in context: OperationContext
    ) -> [String: [String]] {
        var values = callerConditionValues(in: context)
        values.merge(KeySpec.conditionValues) { $1 }
        if !key.record.aliases.isEmpty { values["kms:ResourceAliases"] = key.record.aliases }
        for (name, value) in key.record.tags { values["aws:ResourceTag/\(name)"] = [value] }
        return values
    }

    func callerConditionValues(in context: OperationContext) -> [String: [String]] {
        var values = ["kms:CallerAccount": [context.scope.account.description]]
        if case .service(let name) = context.principal { values["kms:ViaService"] = [name] }
        return values
    }
}

/// The one kind of key there is, in AWS's words.
enum KeySpec {
    static let spec = "SYMMETRIC_DEFAULT"
    static let usage = "ENCRYPT_DECRYPT"
    static let origin = "AWS_KMS"
    static let algorithm = "SYMMETRIC_DEFAULT"

    static let conditionValues = [
        "kms:KeySpec": [spec],
        "kms:KeyUsage": [usage],
        "kms:KeyOrigin": [origin],
        "kms:MultiRegion": ["false"],
    ]
}
