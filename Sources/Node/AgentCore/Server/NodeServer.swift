package import AWSClient
package import Sealing
package import SessionWire
package import Vocabulary
package import WebSocketTransport

/// The server, as the node sees it: the channels it dials, and the calls its sessions make.
///
/// All of it happens as the node's own role. One behind HTTPS, and one in memory that tests script.
package protocol NodeServer: Sendable {
    /// Opens the control channel and sends its first frame.
    func openControlChannel() async throws -> WebSocketConnection

    /// Opens the node's end of a session and sends its first frame.
    ///
    /// Throws `AWSClientError.service` when the server will not have it.
    func openDataChannel(_ session: SessionID) async throws -> WebSocketConnection

    /// KMS Decrypt of a session's data key.
    func decryptDataKey(
        _ ciphertext: [UInt8],
        _ request: DataKeyRequest
    ) async throws(AWSClientError) -> Secret

    /// DescribeLogGroups for exactly this name; nil when there is no such group.
    func logGroup(named name: String) async throws(AWSClientError) -> LogGroupFacts?

    /// CreateLogStream; one that exists already is as good.
    func createLogStream(_ stream: LogDestination) async throws(AWSClientError)

    /// PutLogEvents, in order.
    func putLogEvents(
        _ events: [LogLine],
        to stream: LogDestination
    ) async throws(AWSClientError)

    /// UpdateInstanceInformation: the node lives, and this is what it is.
    func reportHealth(_ report: HealthReport) async throws(AWSClientError)

    /// After a failure: if it was for the node's credentials, waits until there are others.
    ///
    /// `begun` is when the failed call began: where others came since, there is nothing to wait for. They never
    /// come for a node that was deregistered; a cancelled task goes on.
    func awaitCredentials(
        after error: any Error,
        begun: ContinuousClock.Instant
    ) async
}

extension NodeServer {
    /// Waits before a call is made again; less long where other credentials are what was missing.
    func pause(
        _ duration: Duration,
        after error: any Error,
        begun: ContinuousClock.Instant
    ) async {
        await withTaskGroup { group in
            group.addTask { await Task.pause(duration) }
            if CredentialPause.isRefusal(of: error) {
                group.addTask { await awaitCredentials(after: error, begun: begun) }
            }
            await group.next()
            group.cancelAll()
        }
    }
}

/// What matters of a log group.
package struct LogGroupFacts: Hashable, Sendable {
    package let kmsKeyID: String?

    package init(kmsKeyID: String?) {
        self.kmsKeyID = kmsKeyID
    }
}

/// Where a session's log goes; the stream is named after the session.
package struct LogDestination: Hashable, Sendable {
    package let group: String
    package let stream: String

    package init(group: String, stream: String) {
        self.group = group
        self.stream = stream
    }
}

/// One log event.
package struct LogLine: Hashable, Sendable, Encodable {
    /// Milliseconds since the epoch.
    package let timestamp: Int64
    package let message: String

    package init(timestamp: Int64, message: String) {
        self.timestamp = timestamp
        self.message = message
    }
}
