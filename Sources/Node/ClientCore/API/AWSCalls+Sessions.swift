package import AWSClient
package import FoundationEssentials

/// A session as DescribeSessions tells of it.
package struct SessionDescription: Codable, Sendable {
    package let sessionId: String
    package let target: String?
    package let status: String?
    package let owner: String?
    package let startDate: Date?
    package let endDate: Date?
    package let reason: String?
    package let details: String?

    enum CodingKeys: String, CodingKey {
        case sessionId = "SessionId"
        case target = "Target"
        case status = "Status"
        case owner = "Owner"
        case startDate = "StartDate"
        case endDate = "EndDate"
        case reason = "Reason"
        case details = "Details"
    }
}

extension AWSCalls {
    /// Which sessions are asked for.
    package enum SessionState: String, Sendable {
        case active = "Active"
        case history = "History"
    }

    /// The newest first; at most `limit`, all when it is nil.
    package func sessions(
        _ state: SessionState,
        limit: Int? = nil
    ) async throws(AWSClientError) -> [SessionDescription] {
        struct Input: Encodable, Sendable {
            let State: String
            let NextToken: String?
        }
        struct Output: Decodable, Sendable {
            let Sessions: [SessionDescription]?
            let NextToken: String?
        }
        var found: [SessionDescription] = []
        var token: String?
        repeat {
            let page: Output = try await client.call(
                .ssm,
                "DescribeSessions",
                Input(State: state.rawValue, NextToken: token)
            )
            found += page.Sessions ?? []
            token = page.NextToken
        } while token != nil && found.count < limit ?? .max
        return limit.map { Array(found.prefix($0)) } ?? found
    }

    package func terminate(session: String) async throws(AWSClientError) {
        struct Input: Encodable, Sendable { let SessionId: String }
        try await client.call(.ssm, "TerminateSession", Input(SessionId: session))
    }
}
