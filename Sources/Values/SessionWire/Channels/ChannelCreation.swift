import FoundationEssentials

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
