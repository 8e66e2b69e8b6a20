import FoundationEssentials
package import Vocabulary

/// The first frame on every channel, as text: whose token opens it.
///
/// One shape for the three that exist: a node's control channel, the node's end of a session, the
/// person's end of one (session-protocol 3.2, 5.1, 5.2).
package struct ChannelOpening: JSONPayload, Equatable {
    package var messageSchemaVersion = "1.0"
    package var requestID: String
    package var tokenValue: String
    /// Empty in frames of stock agents, a UUID in those of clients, absent on control channels.
    package var clientID: String?
    package var clientVersion: String?
    package var clientInstanceID: String?
    package var agentVersion: String?
    package var platformType: String?

    enum CodingKeys: String, CodingKey {
        case messageSchemaVersion = "MessageSchemaVersion"
        case requestID = "RequestId"
        case tokenValue = "TokenValue"
        case clientID = "ClientId"
        case clientVersion = "ClientVersion"
        case clientInstanceID = "ClientInstanceId"
        case agentVersion = "AgentVersion"
        case platformType = "PlatformType"
    }

    private init(token: String, entropy: some Entropy) {
        requestID = entropy.uuid()
        tokenValue = token
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String? { try? container.decode(String.self, forKey: key) }
        messageSchemaVersion = text(.messageSchemaVersion) ?? "1.0"
        requestID = text(.requestID) ?? ""
        tokenValue = try container.decode(String.self, forKey: .tokenValue)
        clientID = text(.clientID)
        clientVersion = text(.clientVersion)
        clientInstanceID = text(.clientInstanceID)
        agentVersion = text(.agentVersion)
        platformType = text(.platformType)
    }

    /// The frame that opens a node's control channel.
    package static func control(
        token: String,
        agentVersion: String,
        platformType: String = "linux",
        entropy: some Entropy
    ) -> ChannelOpening {
        var opening = ChannelOpening(token: token, entropy: entropy)
        opening.agentVersion = agentVersion
        opening.platformType = platformType
        return opening
    }

    /// The frame that opens the node's end of a session.
    package static func agentData(
        token: String,
        instanceID: String,
        entropy: some Entropy
    ) -> ChannelOpening {
        var opening = ChannelOpening(token: token, entropy: entropy)
        opening.clientInstanceID = instanceID
        opening.clientID = ""
        return opening
    }

    /// The frame that opens the person's end of a session.
    ///
    /// `clientID` stays the same when one program connects again.
    package static func clientData(
        token: String,
        clientID: String,
        clientVersion: String,
        entropy: some Entropy
    ) -> ChannelOpening {
        var opening = ChannelOpening(token: token, entropy: entropy)
        opening.clientID = clientID
        opening.clientVersion = clientVersion
        return opening
    }

    /// The frame as text.
    package var text: String { String(decoding: json(), as: UTF8.self) }
}

/// The body by which a node asks for a token: `POST /v1/control-channel/ID` or `/v1/data-channel/SESSION`.
package struct CreateChannelRequest: JSONPayload, Equatable {
    package var messageSchemaVersion = "1.0"
    package var requestID: String
    /// Empty for data channels, absent for control channels, as stock agents have it.
    package var clientID: String?

    enum CodingKeys: String, CodingKey {
        case messageSchemaVersion = "MessageSchemaVersion"
        case requestID = "RequestId"
        case clientID = "ClientId"
    }

    package init(requestID: String, clientID: String? = nil) {
        self.requestID = requestID
        self.clientID = clientID
    }
}

/// The answer to it: status 201 exactly, and XML of which a child `TokenValue` is read.
package struct CreateChannelResponse: Equatable, Sendable {
    package static let status = 201
    package static let contentType = "application/xml"

    package let tokenValue: String

    package init(tokenValue: String) {
        self.tokenValue = tokenValue
    }

    /// Reads the token out of an answer; nil when there is none.
    package init?(xml: String) {
        let parts = xml.split(separator: "<TokenValue>", maxSplits: 1)
        guard parts.count == 2, let end = parts[1].firstRange(of: "</TokenValue>") else {
            return nil
        }
        let token = XMLText.unescaped(String(parts[1][..<end.lowerBound]))
        guard !token.isEmpty else { return nil }
        tokenValue = token
    }

    /// The body; `operation` is `CreateControlChannel` or `CreateDataChannel`.
    package func xml(operation: String) -> String {
        "<\(operation)Output><MessageSchemaVersion>1.0</MessageSchemaVersion><TokenValue>"
            + "\(XMLText.escaped(tokenValue))</TokenValue></\(operation)Output>"
    }
}

/// Text between XML tags.
package enum XMLText {
    private static let entities = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&apos;"),
    ]

    package static func escaped(_ text: String) -> String {
        entities.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    package static func unescaped(_ text: String) -> String {
        entities.reversed().reduce(text) { $0.replacing($1.1, with: $1.0) }
    }
}
