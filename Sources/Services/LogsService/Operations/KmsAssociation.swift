import ServiceKit
import Storage
import Vocabulary

/// Has a group's events from now on sealed under a customer key.
///
/// Older events keep the key they were written with. The key is asked for a data key, as the service and for
/// this group, before anything changes.
enum AssociateKmsKey {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var kmsKeyId: String?
        var resourceIdentifier: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("AssociateKmsKey") { (input: Input, context) in
            var validation = LogsValidation()
            validation.keyID(input.kmsKeyId, required: true)
            try validation.check()
            let name = try KeyReference.group(
                input.logGroupName,
                input.resourceIdentifier,
                in: context
            )
            context.audit.noted("logGroupName", name)
            context.audit.noted("kmsKeyId", input.kmsKeyId)
            try await core.authorize("logs:AssociateKmsKey", group: name, in: context)
            _ = try await core.group(name, in: context)
            let key = try KeyReference.checked(input.kmsKeyId ?? "")
            try await core.dataKeys.probe(key, group: name, in: context)
            return try await GroupChange(core: core, action: "logs:AssociateKmsKey")
                .make(name, context) { $0.kmsKeyID = key }
        }
    }
}

/// Has a group's events from now on sealed under the service's own key.
enum DisassociateKmsKey {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var resourceIdentifier: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("DisassociateKmsKey") { (input: Input, context) in
            let name = try KeyReference.group(
                input.logGroupName,
                input.resourceIdentifier,
                in: context
            )
            return try await GroupChange(core: core, action: "logs:DisassociateKmsKey")
                .make(name, context) { $0.kmsKeyID = nil }
        }
    }
}

/// How the two operations name a key and what it is for.
enum KeyReference {
    /// Takes a key by its ARN, which is what AWS documents; an alias or a bare id is refused.
    static func checked(_ text: String) throws -> String {
        guard let arn = try? ARN(parsing: text), arn.service == "kms",
            arn.resource.hasPrefix("key/")
        else {
            throw LogsFault.invalidParameter(
                "The specified KMS key '\(text)' is not valid: it must be the ARN of a key."
            )
        }
        return text
    }

    /// The group that a key is for; results of queries are not had yet and refused by name.
    static func group(
        _ name: String?,
        _ resource: String?,
        in context: OperationContext
    ) throws -> String {
        var validation = LogsValidation()
        validation.groupName(name, required: false)
        validation.length(resource, "resourceIdentifier", Limits.Logs.identifierLength)
        try validation.check()
        switch (name, resource) {
        case (let name?, nil):
            return name
        case (nil, let resource?):
            guard !resource.contains(":query-result:") else {
                throw LogsFault.invalidParameter(
                    "A key for query results (query-result) is not supported."
                )
            }
            guard resource.hasPrefix("arn:") else {
                throw LogsFault.invalidParameter(
                    "resourceIdentifier must be the ARN of a log group."
                )
            }
            guard let name = LogGroupARN.name(in: resource, of: context.scope) else {
                throw LogsFault.groupNotFound
            }
            return name
        case (.some, .some), (nil, nil):
            throw LogsFault.invalidParameter(
                "Exactly one of logGroupName and resourceIdentifier must be specified."
            )
        }
    }
}
