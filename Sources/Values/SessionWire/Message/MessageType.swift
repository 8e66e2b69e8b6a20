/// What a message is: the text of its MessageType field.
///
/// A type that we do not know is kept as it came, so that a relay can pass it on.
package enum MessageType: Hashable, Sendable, CustomStringConvertible {
    case interactiveShell
    case agentTaskComplete
    case agentTaskAcknowledge
    case acknowledge
    case agentSessionState
    case channelClosed
    case outputStreamData
    case inputStreamData
    case pausePublication
    case startPublication
    case agentTelemetry
    case unknown(String)

    private static let known: [MessageType] = [
        .outputStreamData, .inputStreamData, .acknowledge, .interactiveShell, .agentTaskComplete,
        .agentTaskAcknowledge, .agentSessionState, .channelClosed, .pausePublication,
        .startPublication, .agentTelemetry,
    ]

    package init(_ text: String) {
        self = Self.known.first { $0.description == text } ?? .unknown(text)
    }

    package var description: String {
        switch self {
        case .interactiveShell: "interactive_shell"
        case .agentTaskComplete: "agent_task_complete"
        case .agentTaskAcknowledge: "agent_task_acknowledge"
        case .acknowledge: "acknowledge"
        case .agentSessionState: "agent_session_state"
        case .channelClosed: "channel_closed"
        case .outputStreamData: "output_stream_data"
        case .inputStreamData: "input_stream_data"
        case .pausePublication: "pause_publication"
        case .startPublication: "start_publication"
        case .agentTelemetry: "agent_telemetry"
        case .unknown(let text): text
        }
    }

    /// Whether messages of this type are numbered, acknowledged and sent again.
    package var isStream: Bool { self == .outputStreamData || self == .inputStreamData }
}

/// What the payload of a stream message is; `none` in all other messages.
///
/// Numbers that we do not know are kept.
package enum PayloadType: Hashable, Sendable {
    case none
    case output
    case error
    case size
    case parameter
    case handshakeRequest
    case handshakeResponse
    case handshakeComplete
    case encryptionChallengeRequest
    case encryptionChallengeResponse
    case flag
    case standardError
    case exitCode
    case unknown(UInt32)

    private static let known: [PayloadType] = [
        .none, .output, .error, .size, .parameter, .handshakeRequest, .handshakeResponse,
        .handshakeComplete, .encryptionChallengeRequest, .encryptionChallengeResponse, .flag,
        .standardError, .exitCode,
    ]

    package init(_ number: UInt32) {
        self = number < 13 ? Self.known[Int(number)] : .unknown(number)
    }

    package var number: UInt32 {
        switch self {
        case .none: 0
        case .output: 1
        case .error: 2
        case .size: 3
        case .parameter: 4
        case .handshakeRequest: 5
        case .handshakeResponse: 6
        case .handshakeComplete: 7
        case .encryptionChallengeRequest: 8
        case .encryptionChallengeResponse: 9
        case .flag: 10
        case .standardError: 11
        case .exitCode: 12
        case .unknown(let number): number
        }
    }
}
