import FoundationEssentials
import Vocabulary

/// The message of a streamed log event: AWS's JSON, members in AWS's order (session-protocol 8.3).
struct StreamedEvent {
    let region: String
    let node: String
    let owner: String
    let user: String
    let session: String

    init(region: Region, node: NodeID, owner: String, user: String, session: SessionID) {
        self.region = region.description
        self.node = node.description
        self.owner = owner
        self.user = user
        self.session = session.description
    }

    /// The JSON text; bytes that are not UTF-8 become U+FFFD.
    func message(_ lines: [[UInt8]], at time: Date) -> String {
        var text = #"{"eventVersion":"1.0","eventTime":"#
        Self.append(Self.timestamp(time), to: &text)
        text += #","awsRegion":"#
        Self.append(region, to: &text)
        text += #","target":{"id":"#
        Self.append(node, to: &text)
        text += #"},"userIdentity":{"arn":"#
        Self.append(owner, to: &text)
        text += #"},"runAsUser":"#
        Self.append(user, to: &text)
        text += #","sessionId":"#
        Self.append(session, to: &text)
        text += #","sessionData":["#
        for (index, line) in lines.enumerated() {
            if index > 0 { text += "," }
            Self.append(String(decoding: line, as: UTF8.self), to: &text)
        }
        return text + "]}"
    }

    /// RFC 3339 in UTC, to the second.
    static func timestamp(_ time: Date) -> String {
        let whole = Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
        return whole.formatted(.iso8601)
    }

    /// Appends a JSON string (RFC 8259 section 7).
    private static func append(_ value: String, to text: inout String) {
        text.unicodeScalars.append("\"")
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case let control where control.value < 0x20:
                let digits = String(control.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text.unicodeScalars.append("\"")
    }
}
