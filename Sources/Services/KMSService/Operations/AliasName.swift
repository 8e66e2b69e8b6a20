import ServiceKit
import Vocabulary

/// The name of an alias: `alias/` and what its owner calls it.
enum AliasName {
    static let prefix = "alias/"
    static let reserved = "alias/aws/"

    /// Throws AWS's fault for a name that nobody may give or take.
    static func check(_ name: String) throws {
        guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count else {
            throw KMSFault.validation("Invalid identifier")
        }
        guard !name.utf8.contains(UInt8(ascii: ":")) else {
            throw KMSFault.validation("\(name) contains invalid characters for an alias")
        }
        guard !name.hasPrefix(reserved) else {
            throw ServiceFault(
                "NotAuthorizedException",
                "Aliases that begin with \(reserved) are reserved for AWS managed keys."
            )
        }
    }
}

/// The input of CreateAlias and UpdateAlias.
struct AliasInput: Decodable, Sendable {
    let aliasName: String?
    let targetKeyID: String?

    enum CodingKeys: String, CodingKey {
        case aliasName = "AliasName"
        case targetKeyID = "TargetKeyId"
    }

    /// The name and the key's id, checked.
    func checked(in context: OperationContext) throws -> (name: String, target: KeyID) {
        var violations = ConstraintViolations()
        violations.aliasName(aliasName)
        violations.keyID(targetKeyID, "targetKeyId")
        try violations.check()
        let name = aliasName ?? ""
        try AliasName.check(name)
        context.audit.noted("aliasName", name)
        context.audit.noted("targetKeyId", targetKeyID)
        let reference = try KeyReference(targetKeyID ?? "", .keyOnly, in: context.scope)
        guard case .key(let target) = reference else {
            throw KMSFault.notFound("Invalid keyId '\(targetKeyID ?? "")'")
        }
        return (name, target)
    }
}

extension KMSService {
    /// A key whose aliases are about to change, read past the cache and authorized.
    func keyForAlias(
        _ id: KeyID,
        authorizing action: String,
        _ alias: String,
        in context: OperationContext
    ) async throws -> Stored<KeyRecord> {
        guard let stored = try await keys.stored(id, in: context.scope) else {
            throw KMSFault.keyNotFound(context.scope.arn(of: id))
        }
        let key = LoadedKey(scope: context.scope, record: stored.value, material: nil)
        context.audit.touched(key.arn)
        try await authorize(action, on: key, requestedAs: .alias(alias), in: context)
        return stored
    }
}
