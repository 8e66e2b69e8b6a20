import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Lists the streams of a group, by name or by the time of their last event.
enum DescribeLogStreams {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var logGroupIdentifier: String?
        var logStreamNamePrefix: String?
        var orderBy: String?
        var descending: Bool?
        var nextToken: String?
        var limit: Int?

        var isByTime: Bool { orderBy == "LastEventTime" }
    }

    struct Output: Encodable, Sendable {
        var logStreams: [Item]
        var nextToken: String?
    }

    struct Item: Encodable, Sendable {
        var logStreamName: String
        var creationTime: Int64
        var firstEventTimestamp: Int64?
        var lastEventTimestamp: Int64?
        var lastIngestionTime: Int64?
        var uploadSequenceToken: String
        var arn: String
        /// Always zero, as AWS reports it since 2019.
        var storedBytes = 0
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("DescribeLogStreams") { (input: Input, context) in
            let name = try validate(input, context)
            context.audit.noted("logGroupName", name)
            try await core.authorize("logs:DescribeLogStreams", group: name, in: context)
            let group = try await core.group(name, in: context).value
            return try await page(input, group, core, context)
        }
    }

    private static func validate(
        _ input: Input,
        _ context: OperationContext
    ) throws -> String {
        var validation = LogsValidation()
        validation.streamName(input.logStreamNamePrefix, required: false, "logStreamNamePrefix")
        validation.oneOf(input.orderBy, "orderBy", ["LogStreamName", "LastEventTime"])
        validation.token(input.nextToken)
        validation.limit(input.limit, Limits.Logs.describePage)
        try validation.check()
        guard input.logStreamNamePrefix == nil || !input.isByTime else {
            throw LogsFault.invalidParameter(
                "Cannot order by LastEventTime with a logStreamNamePrefix."
            )
        }
        return try GroupReference(name: input.logGroupName, identifier: input.logGroupIdentifier)
            .resolve(in: context)
    }

    private static func page(
        _ input: Input,
        _ group: LogGroup,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> Output {
        let groupID = try group.groupID
        let backwards = input.descending ?? false
        let parameters = [
            group.id, input.logStreamNamePrefix ?? "", input.orderBy ?? "", "\(backwards)",
        ]
        let position = try NameToken.after(input.nextToken, parameters, core, context)
        let limit = input.limit ?? Limits.Logs.describePage.upperBound
        let streams = LogsKey.streams(context.scope, groupID)
        // One more than the page, to know whether there is a next one.
        guard input.isByTime else {
            let found = try await core.store.range(
                streams.beginning(input.logStreamNamePrefix ?? ""),
                as: LogStream.self,
                after: position.map { streams.appending($0) },
                limit: limit + 1,
                backwards: backwards
            ).map(\.value)
            let page = Array(found.prefix(limit))
            let token =
                found.count > limit
                ? try NameToken.make(page.last?.name ?? "", parameters, core, context) : nil
            return Output(logStreams: page.map { item($0, group, context) }, nextToken: token)
        }
        let recents = LogsKey.recents(context.scope, groupID)
        let found = try await core.store.range(
            recents,
            as: Mark.self,
            after: position.flatMap { place(of: $0, below: recents) },
            limit: limit + 1,
            backwards: backwards
        ).map(\.key)
        var page: [Item] = []
        for key in found.prefix(limit) {
            // A stream that moved or went since the index was read is met at its new place, or not at all.
            let name = key.components.last ?? ""
            let stream = try await core.store.get(streams.appending(name), as: LogStream.self)
            if let stream { page.append(item(stream.value, group, context)) }
        }
        let last = found.prefix(limit).last?.components.suffix(2).joined(separator: "/") ?? ""
        let token =
            found.count > limit ? try NameToken.make(last, parameters, core, context) : nil
        return Output(logStreams: page, nextToken: token)
    }

    /// The key that a token's `TIME/NAME` stands for.
    private static func place(of position: String, below recents: RecordKey) -> RecordKey? {
        let parts = position.split(separator: "/", maxSplits: 1).map(String.init)
        return parts.count == 2 ? recents.appending(parts[0], parts[1]) : nil
    }

    private static func item(
        _ stream: LogStream,
        _ group: LogGroup,
        _ context: OperationContext
    ) -> Item {
        Item(
            logStreamName: stream.name,
            creationTime: stream.creationTime,
            firstEventTimestamp: stream.firstEventTimestamp,
            lastEventTimestamp: stream.lastEventTimestamp,
            lastIngestionTime: stream.lastIngestionTime,
            uploadSequenceToken: stream.sequenceToken,
            arn: LogGroupARN(context.scope, group.name).stream(stream.name).description
        )
    }
}
