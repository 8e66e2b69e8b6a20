import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Makes a log stream in a group.
enum CreateLogStream {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var logStreamName: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("CreateLogStream") { (input: Input, context) in
            var validation = LogsValidation()
            validation.groupName(input.logGroupName)
            validation.streamName(input.logStreamName)
            try validation.check()
            let (groupName, name) = (input.logGroupName ?? "", input.logStreamName ?? "")
            context.audit.noted("logGroupName", groupName)
            context.audit.noted("logStreamName", name)
            try await core.authorize("logs:CreateLogStream", group: groupName, in: context)
            try await core.retrying {
                let group = try await core.group(groupName, in: context)
                let groupID = try group.value.groupID
                let key = LogsKey.stream(context.scope, groupID, name)
                guard try await core.store.get(key, as: LogStream.self) == nil else {
                    throw LogsFault.streamExists
                }
                let stream = LogStream(id: randomID(core), name: name, creationTime: core.now)
                try await core.store.commit(
                    RecordTransaction(
                        conditions: [.unchanged(group.key, group.revision), .absent(key)],
                        changes: [
                            try core.store.put(key, stream),
                            try core.store.put(
                                LogsKey.recent(context.scope, groupID, nil, name),
                                Mark()
                            ),
                        ]
                    ),
                    auditing: context
                )
            }
            return EmptyOutput()
        }
    }

    private static func randomID(_ core: LogsCore) -> UInt64 {
        let bytes = core.entropy.bytes(8)
        return LogStreamID(bytes.reduce(0) { $0 << 8 | UInt64($1) }).number
    }
}
