import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Deletes a log group with all that is in it.
///
/// The group is gone when this returns; what it held is removed behind the scenes, stream by stream, each
/// with a tombstone.
enum DeleteLogGroup {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("DeleteLogGroup") { (input: Input, context) in
            var validation = LogsValidation()
            validation.groupName(input.logGroupName)
            try validation.check()
            let name = input.logGroupName ?? ""
            context.audit.noted("logGroupName", name)
            try await core.authorize("logs:DeleteLogGroup", group: name, in: context)
            try await core.retrying {
                let group = try await core.group(name, in: context)
                guard !group.value.deletionProtectionEnabled else {
                    throw LogsFault.deletionProtected
                }
                let deleted = LogsKey.deletedGroup(context.scope, try group.value.groupID)
                try await core.store.commit(
                    RecordTransaction(
                        conditions: [.unchanged(group.key, group.revision)],
                        changes: [
                            .delete(group.key), try core.store.put(deleted, group.value),
                        ]
                    ),
                    auditing: context
                )
            }
            return EmptyOutput()
        }
    }
}
