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
