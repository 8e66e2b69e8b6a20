import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Stores a batch of events in a stream; durable, sealed and chained when it returns.
enum PutLogEvents {
    struct Input: Decodable, Sendable {
        struct Event: Decodable, Sendable {
            var timestamp: Int64?
            var message: String?
        }

        /// What AWS relates the events to; always reported as rejected, so that no member is read.
        struct Entity: Decodable, Sendable {}

        var logGroupName: String?
        var logStreamName: String?
        var logEvents: [Event]?
        /// Accepted and ignored, as AWS does since 2023.
        var sequenceToken: String?
        var entity: Entity?
    }

    struct Output: Encodable, Sendable {
        struct RejectedEntity: Encodable, Sendable {
            var errorType: String
        }

        var nextSequenceToken: String
        var rejectedLogEventsInfo: BatchAdmission.Rejected?
        var rejectedEntityInfo: RejectedEntity?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("PutLogEvents") { (input: Input, context) in
            try validate(input)
            let (groupName, name) = (input.logGroupName ?? "", input.logStreamName ?? "")
            context.audit.noted("logGroupName", groupName)
            context.audit.noted("logStreamName", name)
            try await core.authorize(
                "logs:PutLogEvents",
                stream: name,
                of: groupName,
                in: context
            )
            let group = try await core.group(groupName, in: context).value
            let stream = try await core.stream(name, of: group, in: context).value
            let events = (input.logEvents ?? []).map {
                LogEvent(timestamp: $0.timestamp ?? 0, message: Array(($0.message ?? "").utf8))
            }
            let admission = try BatchAdmission(
                events,
                now: core.now,
                oldestKept: group.oldestKept(now: core.now)
            )
            let after =
                admission.accepted.isEmpty
                ? stream
                : try await BatchWriter(core: core).append(
                    admission.accepted,
                    to: stream,
                    of: groupName,
                    in: context
                )
            return Output(
                nextSequenceToken: after.sequenceToken,
                rejectedLogEventsInfo: admission.rejected,
                rejectedEntityInfo: input.entity.map { _ in
                    Output.RejectedEntity(errorType: "UnsupportedLogGroupType")
                }
            )
        }
        .brief()
    }

    private static func validate(_ input: Input) throws {
        var validation = LogsValidation()
        validation.groupName(input.logGroupName)
        validation.streamName(input.logStreamName)
        validation.required(input.logEvents, "logEvents")
        validation.count(unseen: input.logEvents, "logEvents", Limits.Logs.eventsPerBatch)
        validation.length(input.sequenceToken, "sequenceToken", 1...Int.max)
        // One wrong event is enough to say so; ten thousand sentences would help nobody.
        for (index, event) in (input.logEvents ?? []).enumerated() {
            let member = "logEvents.\(index + 1).member"
            let isWhole = event.timestamp != nil && event.message != nil
            if isWhole, let time = event.timestamp, time >= 0, event.message?.isEmpty == false {
                continue
            }
            validation.required(event.timestamp, "\(member).timestamp")
            validation.time(event.timestamp, "\(member).timestamp")
            validation.required(event.message, "\(member).message")
            validation.length(event.message, "\(member).message", 1...Int.max)
            break
        }
        try validation.check()
    }
}
