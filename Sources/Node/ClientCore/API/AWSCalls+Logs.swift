package import AWSClient
import SessionWire

/// A log group; times are milliseconds since the epoch, as in the API.
package struct LogGroup: Codable, Sendable {
    package let logGroupName: String
    package let creationTime: Int64?
    package let retentionInDays: Int?
    package let kmsKeyId: String?
    package let storedBytes: Int64?
    package let arn: String?
}

package struct LogStream: Codable, Sendable {
    package let logStreamName: String
    package let creationTime: Int64?
    package let firstEventTimestamp: Int64?
    package let lastEventTimestamp: Int64?
    package let lastIngestionTime: Int64?
}

package struct LogEvent: Codable, Sendable {
    package let timestamp: Int64?
    package let ingestionTime: Int64?
    package let message: String?
}

extension AWSCalls {
    package func logGroups(prefix: String? = nil) async throws(AWSClientError) -> [LogGroup] {
        struct Input: Encodable, Sendable {
            let logGroupNamePrefix: String?
            let nextToken: String?
        }
        struct Output: Decodable, Sendable {
            let logGroups: [LogGroup]?
            let nextToken: String?
        }
        return try await pages { token async throws(AWSClientError) in
            let page: Output = try await client.call(
                .logs,
                "DescribeLogGroups",
                Input(logGroupNamePrefix: prefix, nextToken: token)
            )
            return (page.logGroups ?? [], page.nextToken)
        }
    }

    package func logStreams(
        in group: String,
        prefix: String? = nil
    ) async throws(AWSClientError) -> [LogStream] {
        struct Input: Encodable, Sendable {
            let logGroupName: String
            let logStreamNamePrefix: String?
            let nextToken: String?
        }
        struct Output: Decodable, Sendable {
            let logStreams: [LogStream]?
            let nextToken: String?
        }
        return try await pages { token async throws(AWSClientError) in
            let page: Output = try await client.call(
                .logs,
                "DescribeLogStreams",
                Input(logGroupName: group, logStreamNamePrefix: prefix, nextToken: token)
            )
            return (page.logStreams ?? [], page.nextToken)
        }
    }

    /// The events of a stream from the oldest on, a page at a time.
    ///
    /// The token that comes back asks for what follows; it is the same again when nothing does yet.
    package func logEvents(
        _ group: String,
        _ stream: String,
        after token: String?
    ) async throws(AWSClientError) -> (events: [LogEvent], token: String?) {
        struct Input: Encodable, Sendable {
            let logGroupName: String
            let logStreamName: String
            let startFromHead = true
            let nextToken: String?
        }
        struct Output: Decodable, Sendable {
            let events: [LogEvent]?
            let nextForwardToken: String?
        }
        let page: Output = try await client.call(
            .logs,
            "GetLogEvents",
            Input(logGroupName: group, logStreamName: stream, nextToken: token)
        )
        return (page.events ?? [], page.nextForwardToken)
    }

    /// The log group that the session preferences name; nil when they name none.
    package func sessionLogGroup() async throws(AWSClientError) -> String? {
        do {
            let group = try await document(Preferences.name).content["inputs"]?[
                "cloudWatchLogGroupName"
            ]?.string
            return group.flatMap { $0.isEmpty ? nil : $0 }
        } catch {
            guard error.code == "InvalidDocument" else { throw error }
            return nil
        }
    }
}
