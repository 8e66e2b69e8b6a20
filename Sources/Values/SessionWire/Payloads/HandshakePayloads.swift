package import FoundationEssentials

/// Kinds of sessions, as the document's `sessionType` and the handshake name them.
package enum SessionType: String, CaseIterable, Codable, Hashable, Sendable {
    case standardStream = "Standard_Stream"
    case interactiveCommands = "InteractiveCommands"
    case nonInteractiveCommands = "NonInteractiveCommands"
    case port = "Port"
}

/// What our own two ends agree on beyond the stock protocol: the action `SekishoTransport`.
///
/// Each end states what it can receive; the other sends no more than that and than its own limits.
package struct SekishoTransport: JSONPayload, Hashable {
    package static let actionType = "SekishoTransport"

    /// 1.
    package var version: Int
    /// The largest payload of a stream message before encryption, in bytes.
    package var largestFrame: Int
    /// Bytes that may be sent before they are acknowledged.
    package var window: Int
    /// Whether the end of a shell or command is followed by its exit status.
    package var exitStatus: Bool

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case largestFrame = "LargestFrame"
        case window = "Window"
        case exitStatus = "ExitStatus"
    }

    package init(version: Int = 1, largestFrame: Int, window: Int, exitStatus: Bool = true) {
        self.version = version
        self.largestFrame = largestFrame
        self.window = window
        self.exitStatus = exitStatus
    }
}

/// Payload 5, agent to client: what the client shall do before the session begins.
package struct HandshakeRequest: JSONPayload, Equatable {
    package var agentVersion: String
    package var requestedActions: [RequestedAction]

    enum CodingKeys: String, CodingKey {
        case agentVersion = "AgentVersion"
        case requestedActions = "RequestedClientActions"
    }

    package struct RequestedAction: Codable, Equatable, Sendable {
        package var type: String
        package var parameters: JSONValue?

        enum CodingKeys: String, CodingKey {
            case type = "ActionType"
            case parameters = "ActionParameters"
        }

        package init(type: String, parameters: JSONValue?) {
            self.type = type
            self.parameters = parameters
        }
    }

    package init(agentVersion: String, requestedActions: [RequestedAction]) {
        self.agentVersion = agentVersion
        self.requestedActions = requestedActions
    }

    package func parameters(of type: String) -> JSONValue? {
        requestedActions.first { $0.type == type }?.parameters
    }
}

/// Names of the handshake's stock actions.
package enum HandshakeAction {
    package static let sessionType = "SessionType"
    package static let kmsEncryption = "KMSEncryption"
}

/// Payload 6, client to agent: what became of each action.
package struct HandshakeResponse: JSONPayload, Equatable {
    package var clientVersion: String
    package var processedActions: [ProcessedAction]
    package var errors: [String]?

    enum CodingKeys: String, CodingKey {
        case clientVersion = "ClientVersion"
        case processedActions = "ProcessedClientActions"
        case errors = "Errors"
    }

    package struct ProcessedAction: Codable, Equatable, Sendable {
        package var type: String
        package var status: Int
        /// What came of it: an object for KMSEncryption and SekishoTransport.
        ///
        /// For an action it does not know, the stock plugin
        /// leaves `status` 0 and writes the number 3 here.
        package var result: JSONValue
        package var error: String

        package static let succeeded = 1
        package static let failed = 2
        package static let unsupported = 3

        enum CodingKeys: String, CodingKey {
            case type = "ActionType"
            case status = "ActionStatus"
            case result = "ActionResult"
            case error = "Error"
        }

        package init(type: String, status: Int, result: JSONValue = .null, error: String = "") {
            self.type = type
            self.status = status
            self.result = result
            self.error = error
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decode(String.self, forKey: .type)
            status = (try? container.decode(Int.self, forKey: .status)) ?? 0
            result = (try? container.decode(JSONValue.self, forKey: .result)) ?? .null
            error = (try? container.decode(String.self, forKey: .error)) ?? ""
        }

        /// The status as it was meant, the plugin's slip included.
        package var meaning: Int { status == 0 ? Int(result.integer ?? 0) : status }
    }

    package init(clientVersion: String, processedActions: [ProcessedAction], errors: [String]?) {
        self.clientVersion = clientVersion
        self.processedActions = processedActions
        self.errors = errors
    }

    package func action(_ type: String) -> ProcessedAction? {
        processedActions.first { $0.type == type }
    }
}

/// Payloads 8 and 9: 64 random bytes, encrypted and as base64.
package struct EncryptionChallenge: JSONPayload, Equatable {
    package var challenge: Data

    enum CodingKeys: String, CodingKey { case challenge = "Challenge" }

    package init(_ bytes: [UInt8]) {
        challenge = Data(bytes)
    }
}

/// Payload 7, agent to client: the session begins.
package struct HandshakeComplete: JSONPayload, Equatable {
    /// Nanoseconds.
    package var timeToComplete: Int64
    /// Shown to the person when not empty.
    package var customerMessage: String

    enum CodingKeys: String, CodingKey {
        case timeToComplete = "HandshakeTimeToComplete"
        case customerMessage = "CustomerMessage"
    }

    package init(timeToComplete: Int64, customerMessage: String) {
        self.timeToComplete = timeToComplete
        self.customerMessage = customerMessage
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        timeToComplete = (try? container.decode(Int64.self, forKey: .timeToComplete)) ?? 0
        customerMessage = (try? container.decode(String.self, forKey: .customerMessage)) ?? ""
    }
}
