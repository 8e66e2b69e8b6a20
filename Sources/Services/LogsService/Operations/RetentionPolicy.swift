import ServiceKit
import Storage
import Vocabulary

/// Sets after how many days a group's events are deleted.
///
/// Events past it are not returned from the next call on; they are removed within minutes.
enum PutRetentionPolicy {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var retentionInDays: Int?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("PutRetentionPolicy") { (input: Input, context) in
            var validation = LogsValidation()
            validation.groupName(input.logGroupName)
            validation.required(input.retentionInDays, "retentionInDays")
            validation.oneOf(
                input.retentionInDays.map(String.init),
                "retentionInDays",
                Limits.Logs.retentionDays.map(String.init)
            )
            try validation.check()
            context.audit.noted("retentionInDays", input.retentionInDays.map(String.init))
            return try await GroupChange(core: core, action: "logs:PutRetentionPolicy")
                .make(input.logGroupName ?? "", context) {
                    $0.retentionInDays = input.retentionInDays
                }
        }
    }
}

/// Lets a group's events stay for ever.
enum DeleteRetentionPolicy {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("DeleteRetentionPolicy") { (input: Input, context) in
            var validation = LogsValidation()
            validation.groupName(input.logGroupName)
            try validation.check()
            return try await GroupChange(core: core, action: "logs:DeleteRetentionPolicy")
                .make(input.logGroupName ?? "", context) { $0.retentionInDays = nil }
        }
    }
}
