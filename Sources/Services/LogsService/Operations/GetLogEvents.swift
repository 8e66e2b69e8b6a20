import LogEngine
import ServiceKit
import Storage
import Vocabulary

/// Reads a stream page by page, in either direction.
///
/// Every answer carries both tokens, and each stands for a cut: the place before the page, and the place
/// after it. A page that has nothing new in the direction of its token returns that very token, by which a
/// caller knows the end; asked again later, it finds what came since.
enum GetLogEvents {
    struct Input: Decodable, Sendable {
        var logGroupName: String?
        var logGroupIdentifier: String?
        var logStreamName: String?
        var startTime: Int64?
        var endTime: Int64?
        var nextToken: String?
        var limit: Int?
        var startFromHead: Bool?
        var unmask: Bool?
    }

    struct Output: Encodable, Sendable {
        struct Event: Encodable, Sendable {
            var timestamp: Int64
            var message: String
            var ingestionTime: Int64
        }

        var events: [Event]
        var nextForwardToken: String
        var nextBackwardToken: String
    }

    static func operation(_ core: LogsCore) -> Operation {
        core.operation("GetLogEvents") { (input: Input, context) in
            let groupName = try validate(input, context)
            let name = input.logStreamName ?? ""
            context.audit.noted("logGroupName", groupName)
            context.audit.noted("logStreamName", name)
            try await core.authorize(
                "logs:GetLogEvents",
                stream: name,
                of: groupName,
                in: context
            )
            if input.unmask == true {
                try await core.authorize("logs:Unmask", group: groupName, in: context)
            }
            let group = try await core.group(groupName, in: context).value
            let stream = try await core.stream(name, of: group, in: context).value
            return try await page(input, group, stream, core, context)
        }
    }

    private static func validate(
        _ input: Input,
        _ context: OperationContext
    ) throws -> String {
        var validation = LogsValidation()
        validation.streamName(input.logStreamName)
        validation.time(input.startTime, "startTime")
        validation.time(input.endTime, "endTime")
        validation.token(input.nextToken)
        validation.limit(input.limit, Limits.Logs.eventsPage)
        try validation.check()
        return try GroupReference(name: input.logGroupName, identifier: input.logGroupIdentifier)
            .resolve(in: context)
    }

    /// Where a page begins, and which way it goes.
    private struct Place {
        var cut: EventPosition
        var isForward: Bool

        var text: String { (isForward ? "f/" : "b/") + cut.description }

        init(_ cut: EventPosition, isForward: Bool) {
            self.cut = cut
            self.isForward = isForward
        }

        init?(_ text: String) {
            guard text.hasPrefix("f/") || text.hasPrefix("b/"),
                let cut = EventPosition(String(text.dropFirst(2)))
            else { return nil }
            self.init(cut, isForward: text.hasPrefix("f/"))
        }
    }

    private static func page(
        _ input: Input,
        _ group: LogGroup,
        _ stream: LogStream,
        _ core: LogsCore,
        _ context: OperationContext
    ) async throws -> Output {
        let parameters = [group.id, String(stream.id)]
        let oldest = max(input.startTime ?? 0, group.oldestKept(now: core.now))
        let start = EventPosition(before: oldest)
        let end = input.endTime.map { EventPosition(before: $0) } ?? .end
        let isForward = input.startFromHead ?? false
        var place = Place(isForward ? start : end, isForward: isForward)
        if let token = input.nextToken {
            guard
                let position = core.pageTokens.position(
                    in: token,
                    parameters: parameters,
                    in: context
                ), let found = Place(position)
            else { throw LogsFault.invalidToken }
            place = found
        }
        let from = place.isForward ? max(place.cut, start) : start
        let to = place.isForward ? end : min(place.cut, end)
        let events =
            from < to
            ? try await EventReader(core: core, group: group, context: context).page(
                EventQuestion(
                    streams: .named([stream]),
                    range: from..<to,
                    limit: input.limit ?? Limits.Logs.eventsPage.upperBound,
                    backwards: !place.isForward
                )
            ).events : []
        func token(_ cut: EventPosition, isForward: Bool) throws -> String {
            if events.isEmpty, let given = input.nextToken, isForward == place.isForward {
                return given
            }
            return try core.pageTokens.make(
                position: Place(cut, isForward: isForward).text,
                parameters: parameters,
                in: context
            )
        }
        // Of a first page without events: what comes later is found going forward from its beginning.
        let empty = input.nextToken == nil ? start : place.cut
        return Output(
            events: events.map {
                Output.Event(
                    timestamp: $0.position.timestamp,
                    message: String(decoding: $0.message, as: UTF8.self),
                    ingestionTime: $0.position.ingestionTime
                )
            },
            nextForwardToken: try token(events.last?.position.next ?? empty, isForward: true),
            nextBackwardToken: try token(events.first?.position ?? empty, isForward: false)
        )
    }
}
