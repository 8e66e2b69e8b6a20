import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Deletes a log stream with its events.
///
/// The stream is gone when this returns; its events are removed behind the scenes, with a tombstone.
enum DeleteLogStream {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var logStreamName: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("DeleteLogStream") { (input: Input, context) in
            var validation = LogsValidation()
            validation.groupName(input.logGroupName)
            validation.streamName(input.logStreamName)
            try validation.check()
            let (groupName, name) = (input.logGroupName ?? "", input.logStreamName ?? "")
            context.audit.noted("logGroupName", groupName)
            context.audit.noted("logStreamName", name)
            try await core.authorize(
                "logs:DeleteLogStream",
                stream: name,
                of: groupName,
                in: context
            )
            let group = try await core.group(groupName, in: context)
            let stream = try await core.stream(name, of: group.value, in: context)
            try await core.lanes.run(stream.value.streamID) {
                try await core.retrying {
                    try await delete(name, groupName, core, context)
                }
            }
            return EmptyOutput()
        }
    }

    private static func delete(
        _ name: String,
        _ groupName: String,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws {
        let group = try await core.group(groupName, in: context)
        let groupID = try group.value.groupID
        guard !group.value.deletionProtectionEnabled else { throw LogsFault.deletionProtected }
        let stream = try await core.stream(name, of: group.value, in: context)
        let deleted = DeletedStream(
            groupName: groupName,
            stream: stream.value,
            isWholeGroup: false
        )
        try await core.store.commit(
            RecordTransaction(
                conditions: [
                    .unchanged(group.key, group.revision),
                    .unchanged(stream.key, stream.revision),
                ],
                changes: [
                    .delete(stream.key),
                    .delete(
                        LogsKey.recent(
                            context.scope,
                            groupID,
                            stream.value.lastEventTimestamp,
                            name
                        )
                    ),
                    try core.store.put(
                        LogsKey.deletedStream(context.scope, groupID, stream.value.streamID),
                        deleted
                    ),
                ]
            ),
            auditing: context
        )
    }
}
