import Encoding
import FoundationEssentials

/// Payload of `acknowledge`: one stream message has arrived.
package struct Acknowledge: JSONPayload, Equatable {
    package var messageType: String
    package var messageID: String
    /// The number alone decides what is acknowledged.
    package var sequenceNumber: Int64
    package var isSequential = true

    enum CodingKeys: String, CodingKey {
        case messageType = "AcknowledgedMessageType"
        case messageID = "AcknowledgedMessageId"
        case sequenceNumber = "AcknowledgedMessageSequenceNumber"
        case isSequential = "IsSequentialMessage"
    }

    package init(_ message: AgentMessage) {
        messageType = message.type.description
        messageID = message.id.description
        sequenceNumber = message.sequenceNumber
    }
}

/// Payload of `agent_session_state`: what the node's end is about to do.
package struct AgentSessionState: JSONPayload, Equatable {
    package var schemaVersion = 1
    package var state: String
    package var sessionID: String

    package static let connected = "Connected"
    package static let terminating = "Terminating"

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "SchemaVersion"
        case state = "SessionState"
        case sessionID = "SessionId"
    }

    package init(state: String, sessionID: String) {
        self.state = state
        self.sessionID = sessionID
    }
}

/// Payload of `channel_closed`: the session is over for whoever reads this (session-protocol 3.5, 5.7).
package struct ChannelClosed: JSONPayload, Equatable {
    package var messageID: String
    /// ISO 8601; stock readers take any text.
    package var createdDate: String
    package var destinationID: String
    package var sessionID: String
    package var messageType: String
    package var schemaVersion: Int
    /// What the person is told; empty for an ordinary end.
    package var output: String

    enum CodingKeys: String, CodingKey {
        case messageID = "MessageId"
        case createdDate = "CreatedDate"
        case destinationID = "DestinationId"
        case sessionID = "SessionId"
        case messageType = "MessageType"
        case schemaVersion = "SchemaVersion"
        case output = "Output"
    }

    package init(
        messageID: MessageID,
        createdDate: String,
        destinationID: String,
        sessionID: String,
        output: String
    ) {
        self.messageID = messageID.description
        self.createdDate = createdDate
        self.destinationID = destinationID
        self.sessionID = sessionID
        messageType = MessageType.channelClosed.description
        schemaVersion = 1
        self.output = output
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String {
            (try? container.decode(String.self, forKey: key)) ?? ""
        }
        messageID = text(.messageID)
        createdDate = text(.createdDate)
        destinationID = text(.destinationID)
        sessionID = text(.sessionID)
        messageType = text(.messageType)
        schemaVersion = (try? container.decode(Int.self, forKey: .schemaVersion)) ?? 1
        output = text(.output)
    }
}

/// Payload of a Size message: the person's terminal in characters.
package struct TerminalSize: JSONPayload, Hashable {
    package var columns: UInt32
    package var rows: UInt32

    enum CodingKeys: String, CodingKey {
        case columns = "cols"
        case rows
    }

    package init(columns: UInt32, rows: UInt32) {
        self.columns = columns
        self.rows = rows
    }
}

/// Payload of a Flag message: a big-endian number of four bytes.
package enum SessionFlag: UInt32, Sendable {
    case disconnectToPort = 1
    case terminateSession = 2
    case connectToPortError = 3

    package init?(payload: [UInt8]) {
        guard payload.count == 4 else { return nil }
        self.init(rawValue: payload.reduce(0) { $0 << 8 | UInt32($1) })
    }

    package var payload: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: rawValue)
        return bytes
    }
}

/// Payload of an ExitCode message: `EXIT_CODE: n`.
package struct ExitCode: Hashable, Sendable {
    package let code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    package init?(payload: [UInt8]) {
        let prefix = Array("EXIT_CODE: ".utf8)
        guard payload.starts(with: prefix),
            let code = Int32(String(decoding: payload.dropFirst(prefix.count), as: UTF8.self))
        else { return nil }
        self.code = code
    }

    package var payload: [UInt8] { Array("EXIT_CODE: \(code)".utf8) }
}
