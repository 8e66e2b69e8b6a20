import AWSClient
import Sealing
import SessionWire
import Synchronization
import Vocabulary
import Waiting
import WebSocketTransport

@testable import AgentCore

/// A server in memory that does what a test says, and remembers what the node did.
final class ScriptedServer: NodeServer {
    struct Script: Sendable {
        var logGroups: [String: LogGroupFacts] = [:]
        /// Errors by operation; one that stays until it is taken away.
        var failures: [String: AWSClientError] = [:]
        var dataKey: [UInt8] = []
        var calls: [String] = []
        var lines: [LogLine] = []
        var streams: [LogDestination] = []
        var decrypted: [DataKeyRequest] = []
    }

    let script: Mutex<Script>
    /// The server's ends of the channels that the node opened.
    let dataChannels: AsyncStream<WebSocketConnection>
    let controlChannels: AsyncStream<WebSocketConnection>
    /// Rung when there are other credentials.
    let credentials = Doorbell()
    private let openedData: AsyncStream<WebSocketConnection>.Continuation
    private let openedControl: AsyncStream<WebSocketConnection>.Continuation

    init(_ script: Script = Script()) {
        self.script = Mutex(script)
        (dataChannels, openedData) = AsyncStream.makeStream()
        (controlChannels, openedControl) = AsyncStream.makeStream()
    }

    private func called(_ operation: String) throws(AWSClientError) {
        let failure = script.withLock { script in
            script.calls.append(operation)
            return script.failures[operation]
        }
        if let failure { throw failure }
    }

    func openControlChannel() async throws -> WebSocketConnection {
        try called("CreateControlChannel")
        let (server, node) = WebSocketConnection.pair()
        openedControl.yield(server)
        return node
    }

    func openDataChannel(_ session: SessionID) async throws -> WebSocketConnection {
        try called("CreateDataChannel")
        let (server, node) = WebSocketConnection.pair()
        openedData.yield(server)
        return node
    }

    func decryptDataKey(
        _ ciphertext: [UInt8],
        _ request: DataKeyRequest
    ) async throws(AWSClientError) -> Secret {
        try called("Decrypt")
        return script.withLock { script in
            script.decrypted.append(request)
            return Secret(script.dataKey)
        }
    }

    func logGroup(named name: String) async throws(AWSClientError) -> LogGroupFacts? {
        try called("DescribeLogGroups")
        return script.withLock { $0.logGroups[name] }
    }

    func createLogStream(_ stream: LogDestination) async throws(AWSClientError) {
        try called("CreateLogStream")
        script.withLock { $0.streams.append(stream) }
    }

    func putLogEvents(
        _ events: [LogLine],
        to stream: LogDestination
    ) async throws(AWSClientError) {
        try called("PutLogEvents")
        script.withLock { $0.lines += events }
    }

    func reportHealth(_ report: HealthReport) async throws(AWSClientError) {
        try called("UpdateInstanceInformation")
    }

    func awaitCredentials(after error: any Error, begun: ContinuousClock.Instant) async {
        guard CredentialPause.isRefusal(of: error) else { return }
        script.withLock { $0.calls.append("awaitCredentials") }
        await credentials.wait()
    }

    func untilCalled(_ operation: String) async {
        while !script.withLock({ $0.calls.contains(operation) }), !Task.isCancelled {
            await Task.yield()
        }
    }
}

extension AWSClientError {
    /// What a role without the permission is told, as AWS words it.
    static func denied(_ action: String) -> AWSClientError {
        .service(
            code: "AccessDeniedException",
            message:
                "User: arn:aws:sts::000000000000:assumed-role/Node/mi-0123456789abcdef0 is not "
                + "authorized to perform: \(action) on resource: "
                + "arn:aws:logs:us-east-1:000000000000:log-group::log-stream: because no "
                + "identity-based policy allows the \(action) action",
            status: 400,
            requestID: nil
        )
    }

    /// What a node is told whose role was changed while it had credentials.
    static let expired = AWSClientError.service(
        code: "ExpiredTokenException",
        message: "The security token included in the request is expired",
        status: 400,
        requestID: nil
    )

    static let passing = AWSClientError.service(
        code: "ServiceUnavailableException",
        message: "later",
        status: 503,
        requestID: nil
    )
}
