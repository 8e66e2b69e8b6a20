package import AWSClient
import FoundationEssentials
package import Logging
import NIOCore
import Sealing
package import SessionWire
package import Vocabulary
package import WebSocketTransport

/// What a person asks for: where, and perhaps what to run there.
package struct SessionRequest: Sendable {
    package var target: String
    /// The words of a command; nil for a shell.
    package var command: [String]?
    package var reason: String?

    package init(target: String, command: [String]? = nil, reason: String? = nil) {
        self.target = target
        self.command = command
        self.reason = reason
    }
}

/// A session that a server has granted: its name, where its channel is, what opens it.
package struct SessionTicket: Sendable {
    package let session: String
    package let streamURL: String
    package let token: String

    package init(session: String, streamURL: String, token: String) {
        self.session = session
        self.streamURL = streamURL
        self.token = token
    }
}

/// What a session asks of the world outside it.
///
/// `SessionCalls(client:)` asks a server; tests answer themselves.
package struct SessionCalls: Sendable {
    package var start: @Sendable (SessionRequest) async throws(AWSClientError) -> SessionTicket
    /// A new token for a session whose channel broke; nil when it has ended meanwhile.
    package var resume: @Sendable (_ session: String) async throws(AWSClientError) -> String?
    package var terminate: @Sendable (_ session: String) async throws(AWSClientError) -> Void
    package var generateDataKey:
        @Sendable (DataKeyRequest) async throws(AWSClientError) -> GeneratedDataKey
    package var dial: @Sendable (_ url: String) async throws -> WebSocketConnection

    package init(
        start: @escaping @Sendable (SessionRequest) async throws(AWSClientError) -> SessionTicket,
        resume: @escaping @Sendable (String) async throws(AWSClientError) -> String?,
        terminate: @escaping @Sendable (String) async throws(AWSClientError) -> Void,
        generateDataKey:
            @escaping @Sendable (DataKeyRequest) async throws(AWSClientError) -> GeneratedDataKey,
        dial: @escaping @Sendable (String) async throws -> WebSocketConnection
    ) {
        self.start = start
        self.resume = resume
        self.terminate = terminate
        self.generateDataKey = generateDataKey
        self.dial = dial
    }

    /// Asks a server through AWS's API.
    package init(client: AWSClient, trust: TrustRoots, logger: Logger) {
        self.init(
            start: { request async throws(AWSClientError) in
                let output: ChannelOutput
                do throws(AWSClientError) {
                    output = try await client.call(
                        .ssm,
                        "StartSession",
                        StartSessionInput(request)
                    )
                } catch {
                    throw await AWSCalls(client: client).explained(error, of: request.target)
                }
                guard let token = output.token, let url = output.streamURL else {
                    throw .unreadable("StartSession gave no token and address of the session.")
                }
                return SessionTicket(session: output.session, streamURL: url, token: token)
            },
            resume: { session async throws(AWSClientError) in
                let output: ChannelOutput = try await client.call(
                    .ssm,
                    "ResumeSession",
                    SessionInput(session: session)
                )
                return output.token
            },
            terminate: { session async throws(AWSClientError) in
                try await client.call(.ssm, "TerminateSession", SessionInput(session: session))
            },
            generateDataKey: { request async throws(AWSClientError) in
                let output: DataKeyOutput = try await client.call(
                    .kms,
                    "GenerateDataKey",
                    DataKeyInput(request)
                )
                return GeneratedDataKey(
                    plaintext: Secret(Array(output.plaintext)),
                    ciphertext: Array(output.ciphertext)
                )
            },
            dial: { url in
                try await WebSocketClient.open(
                    url,
                    trust: trust,
                    settings: WebSocketSettings(
                        pingInterval: Limits.clientPingInterval,
                        silence: Limits.clientPingSilence
                    ),
                    logger: logger
                )
            }
        )
    }
}

private struct StartSessionInput: Encodable, Sendable {
    let target: String
    var documentName: String?
    var parameters: [String: [String]]?
    let reason: String?

    init(_ request: SessionRequest) {
        target = request.target
        reason = request.reason
        if let command = request.command {
            documentName = "AWS-StartInteractiveCommand"
            parameters = ["command": [ShellQuoting.line(command)]]
        }
    }

    enum CodingKeys: String, CodingKey {
        case target = "Target"
        case documentName = "DocumentName"
        case parameters = "Parameters"
        case reason = "Reason"
    }
}

private struct SessionInput: Encodable, Sendable {
    let session: String

    enum CodingKeys: String, CodingKey { case session = "SessionId" }
}

private struct ChannelOutput: Decodable, Sendable {
    let session: String
    let token: String?
    let streamURL: String?

    enum CodingKeys: String, CodingKey {
        case session = "SessionId"
        case token = "TokenValue"
        case streamURL = "StreamUrl"
    }
}

private struct DataKeyInput: Encodable, Sendable {
    let keyID: String
    let numberOfBytes = DataKeyRequest.numberOfBytes
    let encryptionContext: [String: String]

    init(_ request: DataKeyRequest) {
        keyID = request.keyID
        encryptionContext = request.encryptionContext
    }

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case numberOfBytes = "NumberOfBytes"
        case encryptionContext = "EncryptionContext"
    }
}

private struct DataKeyOutput: Decodable, Sendable {
    let plaintext: Data
    let ciphertext: Data

    enum CodingKeys: String, CodingKey {
        case plaintext = "Plaintext"
        case ciphertext = "CiphertextBlob"
    }
}
