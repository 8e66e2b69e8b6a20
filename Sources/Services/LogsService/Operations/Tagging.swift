import ServiceKit
import Storage
import Vocabulary

/// Adds tags to a group, or gives them other values.
enum TagResource {
    struct Input: Decodable, Sendable {
        var resourceArn: String?
        var tags: [String: String]?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("TagResource") { (input: Input, context) in
            let name = try TaggedGroup.name(input.resourceArn, context)
            return try await TaggedGroup.tag(name, input.tags, "logs:TagResource", core, context)
        }
    }
}

/// Removes tags from a group.
enum UntagResource {
    struct Input: Decodable, Sendable {
        var resourceArn: String?
        var tagKeys: [String]?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("UntagResource") { (input: Input, context) in
            let name = try TaggedGroup.name(input.resourceArn, context)
            return try await TaggedGroup.untag(
                name,
                input.tagKeys,
                "tagKeys",
                "logs:UntagResource",
                core,
                context
            )
        }
    }
}

/// Tells the tags of a group.
enum ListTagsForResource {
    struct Input: Decodable, Sendable {
        var resourceArn: String?
    }

    struct Output: Encodable, Sendable {
        var tags: [String: String]
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("ListTagsForResource") { (input: Input, context) in
            let name = try TaggedGroup.name(input.resourceArn, context)
            context.audit.noted("logGroupName", name)
            try await core.authorize("logs:ListTagsForResource", group: name, in: context)
            return Output(tags: try await core.group(name, in: context).value.tags)
        }
    }
}

/// The older form of TagResource.
enum TagLogGroup {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var tags: [String: String]?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("TagLogGroup") { (input: Input, context) in
            let name = try TaggedGroup.checked(input.logGroupName)
            return try await TaggedGroup.tag(name, input.tags, "logs:TagLogGroup", core, context)
        }
    }
}

/// The older form of UntagResource.
enum UntagLogGroup {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var tags: [String]?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("UntagLogGroup") { (input: Input, context) in
            let name = try TaggedGroup.checked(input.logGroupName)
            return try await TaggedGroup.untag(
                name,
                input.tags,
                "tags",
                "logs:UntagLogGroup",
                core,
                context
            )
        }
    }
}

/// The older form of ListTagsForResource.
enum ListTagsLogGroup {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("ListTagsLogGroup") { (input: Input, context) in
            let name = try TaggedGroup.checked(input.logGroupName)
            context.audit.noted("logGroupName", name)
            try await core.authorize("logs:ListTagsLogGroup", group: name, in: context)
            return ListTagsForResource.Output(
                tags: try await core.group(name, in: context).value.tags
            )
        }
    }
}

/// What the six operations have in common.
private enum TaggedGroup {
    static func name(_ arn: String?, _ context: OperationContext) throws -> String {
        var validation = LogsValidation()
        validation.resourceARN(arn)
        try validation.check()
        guard let arn = arn, (try? ARN(parsing: arn)) != nil else {
            throw LogsFault.invalidParameter("Invalid resourceArn.")
        }
        guard let name = LogGroupARN.name(in: arn, of: context.scope) else {
            throw LogsFault.groupNotFound
        }
        return name
    }

    static func checked(_ name: String?) throws -> String {
        var validation = LogsValidation()
        validation.groupName(name)
        try validation.check()
        return name ?? ""
    }

    static func tag(
        _ name: String,
        _ tags: [String: String]?,
        _ action: String,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var validation = LogsValidation()
        validation.required(tags, "tags")
        validation.count(tags, "tags", 1...Limits.Logs.tagsPerResource)
        try validation.check()
        let tags = tags ?? [:]
        try LogTags.check(tags)
        return try await GroupChange(core: core, action: action)
            .make(name, requestTags: tags, context) {
                $0.tags = try LogTags.adding(tags, to: $0.tags)
            }
    }

    static func untag(
        _ name: String,
        _ keys: [String]?,
        _ member: String,
        _ action: String,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var validation = LogsValidation()
        validation.required(keys, member)
        try validation.check()
        try LogTags.checkKeys(keys ?? [])
        return try await GroupChange(core: core, action: action).make(name, context) { group in
            for key in keys ?? [] { group.tags[key] = nil }
        }
    }
}
