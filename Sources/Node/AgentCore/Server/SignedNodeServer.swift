package import AWSClient
import FoundationEssentials
package import Logging
import NIOCore
package import Sealing
package import SessionWire
package import Vocabulary
package import WebSocketTransport

/// The server over HTTPS, every request signed with the node's temporary credentials.
package struct SignedNodeServer: NodeServer {
    private let identity: NodeIdentity
    private let client: AWSClient
    private let credentials: NodeCredentials
    private let trust: TrustRoots
    private let entropy: any Entropy
    private let logger: Logger

    /// `connections` is any client of the server's.
    package init(
        identity: NodeIdentity,
        connections: AWSClient,
        credentials: NodeCredentials,
        trust: TrustRoots,
        entropy: any Entropy,
        logger: Logger
    ) {
        self.identity = identity
        client = connections.signing(as: .provider { try await credentials.current() })
        self.credentials = credentials
        self.trust = trust
        self.entropy = entropy
        self.logger = logger
    }

    // MARK: Channels

    package func openControlChannel() async throws -> WebSocketConnection {
        let address = ChannelAddress.control(identity.id)
        let token = try await token(for: address, CreateChannelRequest(requestID: entropy.uuid()))
        return try await open(
            address,
            first: .control(token: token, agentVersion: Release.version, entropy: entropy)
        )
    }

    package func openDataChannel(_ session: SessionID) async throws -> WebSocketConnection {
        let address = ChannelAddress.data(session)
        let token = try await token(
            for: address,
            CreateChannelRequest(requestID: entropy.uuid(), clientID: "")
        )
        return try await open(
            address,
            first: .agentData(
                token: token,
                instanceID: identity.id.description,
                entropy: entropy
            )
        )
    }

    private func token(
        for address: ChannelAddress,
        _ request: CreateChannelRequest
    ) async throws -> String {
        let answer = try await client.post(
            path: address.path,
            body: request.json(),
            service: .ssmmessages
        )
        guard answer.status == CreateChannelResponse.status,
            let response = CreateChannelResponse(
                xml: String(decoding: answer.body, as: UTF8.self)
            )
        else {
            throw AWSClientError.unreadable(
                "The gateway answered \(answer.status) to a channel's creation, without a token."
            )
        }
        return response.tokenValue
    }

    private func open(
        _ address: ChannelAddress,
        first: ChannelOpening
    ) async throws -> WebSocketConnection {
        let scheme = client.endpoint.isSecure ? "wss" : "ws"
        let url = "\(scheme)://\(client.endpoint.authority)\(address.nodeTarget)"
        let headers = try await client.signedHeaders(forWebSocket: url)
        let connection = try await WebSocketClient.open(
            url,
            headers: headers.map { ($0.name, $0.value) },
            trust: trust,
            logger: logger
        )
        do {
            try await connection.send(.text(first.text))
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    // MARK: Calls

    package func decryptDataKey(
        _ ciphertext: [UInt8],
        _ request: DataKeyRequest
    ) async throws(AWSClientError) -> Secret {
        struct Input: Encodable, Sendable {
            let CiphertextBlob: Data
            let KeyId: String
            let EncryptionContext: [String: String]
        }
        struct Output: Decodable, Sendable {
            let Plaintext: Data
        }
        let answer: Output = try await client.call(
            .kms,
            "Decrypt",
            Input(
                CiphertextBlob: Data(ciphertext),
                KeyId: request.keyID,
                EncryptionContext: request.encryptionContext
            )
        )
        return Secret(Array(answer.Plaintext))
    }

    package func logGroup(named name: String) async throws(AWSClientError) -> LogGroupFacts? {
        struct Input: Encodable, Sendable {
            let logGroupNamePrefix: String
            let nextToken: String?
        }
        struct Output: Decodable, Sendable {
            struct Group: Decodable, Sendable {
                let logGroupName: String?
                let kmsKeyId: String?
            }
            let logGroups: [Group]?
            let nextToken: String?
        }
        var token: String?
        for _ in 0..<Limits.logGroupPages {
            let page: Output = try await client.call(
                .logs,
                "DescribeLogGroups",
                Input(logGroupNamePrefix: name, nextToken: token)
            )
            if let found = page.logGroups?.first(where: { $0.logGroupName == name }) {
                return LogGroupFacts(kmsKeyID: found.kmsKeyId)
            }
            guard let next = page.nextToken, !next.isEmpty else { return nil }
            token = next
        }
        return nil
    }

    package func createLogStream(_ stream: LogDestination) async throws(AWSClientError) {
        struct Input: Encodable, Sendable {
            let logGroupName: String
            let logStreamName: String
        }
        do {
            try await client.call(
                .logs,
                "CreateLogStream",
                Input(logGroupName: stream.group, logStreamName: stream.stream)
            )
        } catch  where error.code == "ResourceAlreadyExistsException" {
            return
        }
    }

    package func putLogEvents(
        _ events: [LogLine],
        to stream: LogDestination
    ) async throws(AWSClientError) {
        struct Input: Encodable, Sendable {
            let logGroupName: String
            let logStreamName: String
            let logEvents: [LogLine]
        }
        do {
            try await client.call(
                .logs,
                "PutLogEvents",
                Input(
                    logGroupName: stream.group,
                    logStreamName: stream.stream,
                    logEvents: events
                )
            )
        } catch  where error.code == "DataAlreadyAcceptedException" {
            return
        }
    }

    package func reportHealth(_ report: HealthReport) async throws(AWSClientError) {
        try await client.call(.ssm, "UpdateInstanceInformation", report)
    }

    package func awaitCredentials(
        after error: any Error,
        begun: ContinuousClock.Instant
    ) async {
        guard CredentialPause.isRefusal(of: error) else { return }
        logger.debug("A call was refused for the node's credentials; it needs others")
        await credentials.replace(refusedInCallBegun: begun)
    }
}
