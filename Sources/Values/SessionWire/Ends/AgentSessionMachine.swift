package import Sealing
package import Vocabulary

/// The node's end of one session: handshake, numbered streams, encryption, the orderly end.
///
/// It owns no socket, shell or clock. Whoever drives it tells it what happened, with the time, and carries out
/// the actions it answers with, in their order. `now` is in milliseconds since the epoch; a clock that jumps
/// back only makes a timer late by the jump. The life of a session:
///
/// 1. The data channel's websocket is open and its text frame sent: `connected(now:)`.
/// 2. `.decryptDataKey`: ask KMS, then `dataKeyDecrypted` or `dataKeyFailed`.
/// 3. `.start`: check the log, start the shell, then `setAcceptsInput(true)`. Input before that waits.
/// 4. Read the shell while `canAcceptOutput`; hand every read to `output`.
/// 5. The shell is over: `finish(exitCode:)`. After `.finished`, close the socket and report completion.
///
/// Call `tick` when `nextDeadline` has come. When the socket breaks, call `disconnected`, ask for a new token,
/// and call `connected` again: nothing is lost and nothing is delivered twice.
package struct AgentSessionMachine: Sendable {
    package enum Action: Equatable, Sendable {
        /// Send these bytes as one binary websocket message.
        case send([UInt8])
        /// Ask KMS to decrypt the client's data key, as the node.
        case decryptDataKey(ciphertext: [UInt8], DataKeyRequest)
        /// The handshake is over: start what the session is for.
        case start(SessionAgreement)
        /// Bytes that the person typed, or that came in from the port.
        case deliverInput([UInt8])
        case resize(TerminalSize)
        /// The client's side of a port connection closed.
        case disconnectFromPort
        /// The session must end now: somebody terminated it, or the client's flag says so. Then `finish`.
        case terminate
        /// Everything that can be delivered has been: close the socket.
        case finished
        /// The session cannot go on; the text, without its heading, is the task's `Output`. Then `finished`.
        case fail(String)
    }

    package struct Configuration: Sendable {
        package var sessionID: String
        package var instanceID: String
        package var agentVersion: String
        package var sessionType: SessionType
        package var properties: JSONValue
        /// `kmsKeyId` of the preferences; nil or empty for a session that is not encrypted.
        package var kmsKeyID: String?
        /// What this end offers to a client of ours.
        package var transport: SekishoTransport

        package init(
            sessionID: String,
            instanceID: String,
            agentVersion: String,
            sessionType: SessionType = .standardStream,
            properties: JSONValue = .null,
            kmsKeyID: String? = nil,
            transport: SekishoTransport = .ours
        ) {
            self.sessionID = sessionID
            self.instanceID = instanceID
            self.agentVersion = agentVersion
            self.sessionType = sessionType
            self.properties = properties
            self.kmsKeyID = kmsKeyID
            self.transport = transport
        }
    }

    private let configuration: Configuration
    private let entropy: any Entropy

    package init(_ configuration: Configuration, entropy: any Entropy) {
        self.configuration = configuration
        self.entropy = entropy
    }

    // MARK: The channel

    /// The data channel is open, for the first time or again.
    package mutating func connected(now: Int64) -> [Action] { [] }

    /// The data channel is gone; until `connected`, what is to be sent waits.
    package mutating func disconnected() {}

    /// A binary websocket message came in. What is malformed is dropped, to be sent again.
    package mutating func received(_ bytes: [UInt8], now: Int64) -> [Action] { [] }

    /// A message came in.
    package mutating func received(_ message: AgentMessage, now: Int64) -> [Action] { [] }

    // MARK: The key

    package mutating func dataKeyDecrypted(_ plaintext: Secret, now: Int64) -> [Action] { [] }

    /// KMS refused; `reason` is its error.
    package mutating func dataKeyFailed(_ reason: String, now: Int64) -> [Action] { [] }

    // MARK: The shell

    /// Whether the shell can take input. False at first; while false, input is held back at the client.
    package mutating func setAcceptsInput(_ accepts: Bool, now: Int64) -> [Action] { [] }

    /// Whether the driver should go on reading the shell.
    package var canAcceptOutput: Bool { true }

    /// Sends what the shell wrote. Taken whole at any time; reading on regardless of `canAcceptOutput` grows memory.
    package mutating func output(_ bytes: [UInt8], now: Int64) -> [Action] { [] }

    /// Sends what a command wrote to its standard error, where streams are separate.
    package mutating func errorOutput(_ bytes: [UInt8], now: Int64) -> [Action] { [] }

    /// Sends a flag, for port sessions.
    package mutating func flag(_ flag: SessionFlag, now: Int64) -> [Action] { [] }

    /// The shell is over: delivers what is left, then `.finished`.
    ///
    /// The exit code goes to clients that can take it: 128 + n for a signal.
    package mutating func finish(exitCode: Int32?, now: Int64) -> [Action] { [] }

    // MARK: Time

    /// When `tick` should be called at the latest; nil for never.
    package var nextDeadline: Int64? { nil }

    package mutating func tick(now: Int64) -> [Action] { [] }
}

extension SekishoTransport {
    /// What our own ends offer.
    package static let ours = SekishoTransport(
        largestFrame: Limits.sekishoFrameBytes,
        window: Limits.sekishoWindowBytes
    )
}
