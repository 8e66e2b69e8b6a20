import ServiceKit
import Vocabulary

/// Turns a group's protection from deletion on or off.
enum PutLogGroupDeletionProtection {
    struct Input: Decodable, Sendable {
        var logGroupIdentifier: String?
        var deletionProtectionEnabled: Bool?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("PutLogGroupDeletionProtection") { (input: Input, context) in
            var validation = LogsValidation()
            validation.required(input.logGroupIdentifier, "logGroupIdentifier")
            validation.required(input.deletionProtectionEnabled, "deletionProtectionEnabled")
            try validation.check()
            let reference = GroupReference(name: nil, identifier: input.logGroupIdentifier)
            let name = try reference.resolve(in: context)
            let isEnabled = input.deletionProtectionEnabled ?? false
            context.audit.noted("deletionProtectionEnabled", "\(isEnabled)")
            return try await GroupChange(core: core, action: "logs:PutLogGroupDeletionProtection")
                .make(name, context) { $0.deletionProtectionEnabled = isEnabled }
        }
    }
}
