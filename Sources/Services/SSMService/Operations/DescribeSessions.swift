import FoundationEssentials
import ServiceKit
import Storage
import Vocabulary

struct DescribeSessionsInput: Decodable, Sendable {
    var state: String?
    var filters: [Filter]?
    var maxResults: Int?
    var nextToken: String?

    /// The members of this one begin with small letters on AWS too.
    struct Filter: Decodable, Sendable {
        var key: String?
        var value: String?
    }

    enum CodingKeys: String, CodingKey {
        case state = "State"
        case filters = "Filters"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

struct DescribeSessionsOutput: Encodable, Sendable {
    var sessions: [Session]
    var nextToken: String?

    struct Session: Encodable, Sendable {
        var sessionId: String
        var target: String
        var status: String
        var startDate: Date
        var endDate: Date?
        var documentName: String
        var owner: String
        var reason: String?
        var details: String?
        var outputUrl: Output?
        var maxSessionDuration: String?
        var accessType: String

        enum CodingKeys: String, CodingKey {
            case sessionId = "SessionId"
            case target = "Target"
            case status = "Status"
            case startDate = "StartDate"
            case endDate = "EndDate"
            case documentName = "DocumentName"
            case owner = "Owner"
            case reason = "Reason"
            case details = "Details"
            case outputUrl = "OutputUrl"
            case maxSessionDuration = "MaxSessionDuration"
            case accessType = "AccessType"
        }
    }

    struct Output: Encodable, Sendable {
        var cloudWatchOutputUrl: String

        enum CodingKeys: String, CodingKey {
            case cloudWatchOutputUrl = "CloudWatchOutputUrl"
        }
    }

    enum CodingKeys: String, CodingKey {
        case sessions = "Sessions"
        case nextToken = "NextToken"
    }
}

extension SSMService {
    /// Lists the sessions that run, or those that ended within the last 30 days; the newest first.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeSessions.html
    func describeSessions(
        _ input: DescribeSessionsInput,
        _ context: OperationContext
    ) async throws -> DescribeSessionsOutput {
        var violations = ConstraintViolations()
        violations.required(input.state, "state")
        violations.oneOf(input.state, "state", ["Active", "History"])
        violations.range(input.maxResults, "maxResults", 1...200)
        violations.count(input.filters, "filters", 1...6) {
            "{key=\($0.key ?? "null"), value=\($0.value ?? "null")}"
        }
        try violations.check()
        try await authorizer.authorize(
            AuthorizationRequest("ssm:DescribeSessions", on: "*"),
            in: context
        )
        let filters = try (input.filters ?? []).map(SessionFilter.init)
        let oldest = clock.now().addingTimeInterval(-Limits.sessionHistory)
        let isActive = input.state == "Active"
        let (items, next) = try await page(
            of: String.self,
            below: isActive
                ? .activeSessions(context.scope) : .endedSessions(context.scope),
            token: input.nextToken,
            limit: input.maxResults ?? 50,
            parameters: [input.state ?? ""] + filters.map(\.description),
            backwards: true,
            in: context
        ) { entry -> DescribeSessionsOutput.Session? in
            guard let id = try? SessionID(parsing: entry.value),
                let record = try await session(id, in: context.scope)?.value,
                record.state.isEnded != isActive,
                record.ended.map({ $0 >= oldest }) ?? true,
                filters.allSatisfy({ $0.matches(record) })
            else { return nil }
            return DescribeSessionsOutput.Session(
                record,
                outputURL: outputURL(record, context.scope)
            )
        }
        return DescribeSessionsOutput(sessions: items, nextToken: next)
    }

    /// Where the log of a session is read: the path and fragment of AWS's console, below our own address.
    private func outputURL(_ record: SessionRecord, _ scope: Scope) -> String? {
        guard let group = record.logGroup, let stream = record.logStream else { return nil }
        var url = publicURL()
        while url.hasSuffix("/") { url.removeLast() }
        return
            "\(url)/cloudwatch/home?region=\(scope.region)#logEventViewer:group=\(group);stream=\(stream)"
    }
}

extension DescribeSessionsOutput.Session {
    fileprivate init(_ record: SessionRecord, outputURL: String?) {
        self.init(
            sessionId: record.id,
            target: record.node,
            status: record.state.status,
            startDate: record.started,
            endDate: record.ended,
            documentName: record.documentName,
            owner: record.owner,
            reason: record.reason,
            details: record.details,
            outputUrl: outputURL.map { DescribeSessionsOutput.Output(cloudWatchOutputUrl: $0) },
            maxSessionDuration: record.maxDurationMinutes.map { String($0) },
            accessType: "Standard"
        )
    }
}
