import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Searches the streams of a group, in the order of time.
///
/// A page holds at most 1 MB or 10,000 events, and ends early, perhaps empty, when much was opened for little;
/// only an answer without a token is the last.
enum FilterLogEvents {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var logGroupIdentifier: String?
        var logStreamNames: [String]?
        var logStreamNamePrefix: String?
        var startTime: Int64?
        var endTime: Int64?
        var filterPattern: String?
        var nextToken: String?
        var limit: Int?
        /// Ignored, as AWS does since 2019: always interleaved.
        var interleaved: Bool?
        var unmask: Bool?
    }

    struct Output: Encodable, Sendable {
        struct Event: Encodable, Sendable {
            var logStreamName: String
            var timestamp: Int64
            var message: String
            var ingestionTime: Int64
            var eventId: String
        }

        struct SearchedStream: Encodable, Sendable {}

        var events: [Event]
        /// Always empty, as AWS answers since 2020.
        var searchedLogStreams: [SearchedStream] = []
        var nextToken: String?
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("FilterLogEvents") { (input: Input, context) in
            let groupName = try validate(input, context)
            context.audit.noted("logGroupName", groupName)
            context.audit.noted("logStreamNamePrefix", input.logStreamNamePrefix)
            context.audit.noted(
                "logStreamNames",
                input.logStreamNames?.joined(separator: ",")
            )
            try await core.authorize("logs:FilterLogEvents", group: groupName, in: context)
            if input.unmask == true {
                try await core.authorize("logs:Unmask", group: groupName, in: context)
            }
            let pattern = try pattern(input.filterPattern ?? "")
            let group = try await core.group(groupName, in: context).value
            return try await page(input, pattern, group, core, context)
        }
    }

    private static func validate(
        _ input: Input,
        _ context: OperationContext
    ) throws -> String {
        var validation = LogsValidation()
        validation.count(
            input.logStreamNames,
            "logStreamNames",
            Limits.Logs.namedStreams
        )
        for name in input.logStreamNames ?? [] { validation.streamName(name, "logStreamNames") }
        validation.streamName(input.logStreamNamePrefix, required: false, "logStreamNamePrefix")
        validation.time(input.startTime, "startTime")
        validation.time(input.endTime, "endTime")
        validation.length(
            input.filterPattern,
            "filterPattern",
            Limits.Logs.filterPatternLength
        )
        validation.token(input.nextToken)
        validation.limit(input.limit, Limits.Logs.eventsPage)
        try validation.check()
        guard input.logStreamNames == nil || input.logStreamNamePrefix == nil else {
            throw LogsFault.invalidParameter(
                "logStreamNamePrefix and logStreamNames are mutually exclusive parameters."
            )
        }
        return try GroupReference(name: input.logGroupName, identifier: input.logGroupIdentifier)
            .resolve(in: context)
    }

    private static func pattern(_ text: String) throws(ServiceFault) -> FilterPattern {
        do {
            return try FilterPattern(parsing: text)
        } catch {
            throw LogsFault.invalidParameter(error.message)
        }
    }

    private static func page(
        _ input: Input,
        _ pattern: FilterPattern,
        _ group: LogGroup,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> Output {
        let parameters = parameters(of: input, group)
        let oldest = max(input.startTime ?? 0, group.oldestKept(now: core.now))
        var from = EventPosition(before: oldest)
        // The end is inclusive here, other than in GetLogEvents.
        let to = input.endTime.map { EventPosition(before: min($0, Int64.max - 1) + 1) } ?? .end
        if let token = input.nextToken {
            guard
                let text = core.pageTokens.position(
                    in: token,
                    parameters: parameters,
                    in: context
                ), let cut = EventPosition(text)
            else { throw LogsFault.invalidToken }
            from = max(from, cut)
        }
        let streams = try await streams(input, group, core, context)
        guard from < to else { return Output(events: []) }
        let page = try await EventReader(core: core, group: group, context: context).page(
            EventQuestion(
                streams: streams,
                range: from..<to,
                pattern: pattern,
                limit: input.limit ?? Limits.Logs.eventsPage.upperBound,
                scanLimit: Limits.Logs.scannedBytesPerPage
            )
        )
        let token = try page.cut.map {
            try core.pageTokens.make(
                position: $0.description,
                parameters: parameters,
                in: context
            )
        }
        return Output(
            events: page.events.map {
                Output.Event(
                    logStreamName: $0.streamName,
                    timestamp: $0.position.timestamp,
                    message: String(decoding: $0.message, as: UTF8.self),
                    ingestionTime: $0.position.ingestionTime,
                    eventId: $0.position.description
                )
            },
            nextToken: token
        )
    }

    /// What must stay the same from page to page; the limit may change.
    private static func parameters(of input: Input, _ group: LogGroup) -> [String] {
        [
            group.id, input.filterPattern ?? "", input.logStreamNamePrefix ?? "",
            input.startTime.map(String.init) ?? "", input.endTime.map(String.init) ?? "",
        ] + (input.logStreamNames ?? [])
    }

    private static func streams(
        _ input: Input,
        _ group: LogGroup,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> EventQuestion.Streams {
        guard let names = input.logStreamNames else {
            return .group(namesBeginning: input.logStreamNamePrefix ?? "")
        }
        var streams: [LogStream] = []
        for name in Set(names).sorted() {
            streams.append(try await core.stream(name, of: group, in: context).value)
        }
        return .named(streams)
    }
}
