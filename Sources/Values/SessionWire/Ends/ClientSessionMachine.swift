package import Vocabulary

/// The person's end of one session.
///
/// Driven like `AgentSessionMachine`: events in with the time in milliseconds since the epoch, actions out. It
/// works against our agent and against a stock one, which for a plain shell offers no handshake at all: then
/// its first output means that the session has begun.
///
/// 1. The websocket is open and its text frame sent: `connected(now:)`.
/// 2. `.generateDataKey`: ask KMS, then `dataKeyGenerated` or `dataKeyFailed`.
/// 3. `.ready`: raw mode, then `resize`, and `input` while `canAcceptInput`.
/// 4. `.deliverOutput` until `.closed`.
///
/// When the socket breaks: `disconnected`, ResumeSession, then `connected` again.
package struct ClientSessionMachine: Sendable {
    package enum Action: Equatable, Sendable {
        /// Send these bytes as one binary websocket message.
        case send([UInt8])
        /// Ask KMS for a data key of `DataKeyRequest.numberOfBytes`, as the person.
        case generateDataKey(DataKeyRequest)
        /// The session has begun: show the message if there is one, then resize and input.
        case ready(SessionAgreement)
        case deliverOutput([UInt8])
        /// What a command wrote to its standard error.
        case deliverErrorOutput([UInt8])
        /// The exit status of what ran; `.closed` follows. Our agent sends it, and the stock one for commands
        /// with separate streams.
        case exit(code: Int32)
        /// The node could not connect to its port.
        case portConnectionFailed
        /// The session is over; `output` is for the person, empty for an ordinary end.
        case closed(output: String)
        /// The session cannot go on: terminate it, close the socket, show the sentence.
        case fail(String)
    }

    package struct Configuration: Sendable {
        package var sessionID: String
        /// The target exactly as StartSession was given it: it is part of the encryption context.
        package var targetID: String
        package var clientVersion: String
        /// What this end offers to an agent of ours.
        package var transport: SekishoTransport

        package init(
            sessionID: String,
            targetID: String,
            clientVersion: String,
            transport: SekishoTransport = .ours
        ) {
            self.sessionID = sessionID
            self.targetID = targetID
            self.clientVersion = clientVersion
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

    package mutating func dataKeyGenerated(_ key: GeneratedDataKey, now: Int64) -> [Action] { [] }

    /// KMS refused; `reason` is its error, which the agent reports as the session's.
    package mutating func dataKeyFailed(_ reason: String, now: Int64) -> [Action] { [] }

    // MARK: The terminal

    /// Whether the terminal can take output; true at first. While false, output is held back at the node.
    package mutating func setAcceptsOutput(_ accepts: Bool, now: Int64) -> [Action] { [] }

    /// Whether the driver should go on reading the person's input.
    package var canAcceptInput: Bool { false }

    /// Sends what was typed. Taken whole; kept while the channel is away or the session not ready.
    package mutating func input(_ bytes: [UInt8], now: Int64) -> [Action] { [] }

    /// Sends the terminal's size; the same size again is not sent.
    package mutating func resize(_ size: TerminalSize, now: Int64) -> [Action] { [] }

    /// Sends a flag, for port sessions: `.terminateSession` ends them.
    package mutating func flag(_ flag: SessionFlag, now: Int64) -> [Action] { [] }

    // MARK: Time

    /// When `tick` should be called at the latest; nil for never.
    package var nextDeadline: Int64? { nil }

    package mutating func tick(now: Int64) -> [Action] { [] }
}
