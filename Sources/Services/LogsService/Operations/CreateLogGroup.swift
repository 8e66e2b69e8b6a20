import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Makes a log group.
///
/// A key is asked for a data key before the group is made, as the service, so that a key policy that would
/// refuse the first write refuses here.
enum CreateLogGroup {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var kmsKeyId: String?
        var tags: [String: String]?
        var logGroupClass: String?
        var deletionProtectionEnabled: Bool?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("CreateLogGroup") { (input: Input, context) in
            let name = try validate(input)
            context.audit.noted("logGroupName", name)
            context.audit.noted("kmsKeyId", input.kmsKeyId)
            let tags = input.tags ?? [:]
            try await core.authorize(
                "logs:CreateLogGroup",
                group: name,
                requestTags: tags,
                in: context
            )
            if !tags.isEmpty { try await authorizeTags(tags, name, core, context) }
            let key = LogsKey.group(context.scope, name)
            guard try await core.store.get(key, as: LogGroup.self) == nil else {
                throw LogsFault.groupExists
            }
            if let keyID = input.kmsKeyId {
                let keyARN = try KeyReference.checked(keyID)
                try await core.dataKeys.probe(keyARN, group: name, in: context)
            }
            let group = LogGroup(
                id: core.entropy.hexDigits(32),
                name: name,
                creationTime: core.now,
                kmsKeyID: input.kmsKeyId,
                deletionProtectionEnabled: input.deletionProtectionEnabled ?? false,
                tags: tags
            )
            do {
                try await core.store.commit(
                    RecordTransaction(
                        conditions: [.absent(key)],
                        changes: [
                            try core.store.put(key, group),
                            try core.store.put(LogsKey.scope(context.scope), Mark()),
                        ]
                    ),
                    auditing: context
                )
            } catch StorageError.conflict {
                throw LogsFault.groupExists
            }
            return EmptyOutput()
        }
    }

    private static func validate(_ input: Input) throws -> String {
        var validation = LogsValidation()
        validation.groupName(input.logGroupName)
        validation.keyID(input.kmsKeyId, required: false)
        validation.oneOf(
            input.logGroupClass,
            "logGroupClass",
            ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]
        )
        if input.tags != nil {
            validation.count(input.tags, "tags", 1...Limits.Logs.tagsPerResource)
        }
        try validation.check()
        try LogTags.check(input.tags ?? [:])
        let name = input.logGroupName ?? ""
        guard !name.lowercased().hasPrefix("aws/") else {
            throw LogsFault.invalidParameter("Log groups starting with AWS/ are reserved for AWS.")
        }
        if let other = input.logGroupClass, other != LogGroup.standardClass {
            throw LogsFault.invalidParameter("The log group class \(other) is not supported.")
        }
        return name
    }

    /// Tags at creation need either of two permissions, as AWS documents.
    private static func authorizeTags(
        _ tags: [String: String],
        _ name: String,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws {
        do {
            try await core.authorize(
                "logs:TagResource",
                group: name,
                requestTags: tags,
                in: context
            )
        } catch let refusal as ServiceFault {
            do {
                try await core.authorize(
                    "logs:TagLogGroup",
                    group: name,
                    requestTags: tags,
                    in: context
                )
            } catch is ServiceFault {
                throw refusal
            }
        }
    }
}
