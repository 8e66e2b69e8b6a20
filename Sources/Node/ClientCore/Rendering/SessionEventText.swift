import FoundationEssentials

/// A line of a session log as a person reads it.
///
/// Session events are AWS's JSON objects with the shown lines in `sessionData`; any other message is shown as it
/// is. Control characters are written as `^X`, so that reading a log never drives the reader's terminal.
package enum SessionEventText {
    private struct Event: Decodable {
        let eventTime: String?
        let sessionData: [String]
    }

    /// The lines of an event's message, each after `prefix` of the event's time when that is wanted.
    package static func lines(of message: String, withTime: Bool = false) -> [String] {
        guard message.hasPrefix("{"),
            let event = try? JSONDecoder().decode(Event.self, from: Data(message.utf8))
        else { return message.split(separator: "\n", omittingEmptySubsequences: false).map(safe) }
        let prefix = withTime ? "\(event.eventTime ?? "")  " : ""
        return event.sessionData.map { prefix + safe($0) }
    }

    /// The text without what a terminal would act on.
    package static func safe(_ text: some StringProtocol) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: shown.unicodeScalars.append(scalar)
            case 0x00...0x1F:
                shown += "^"
                shown.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value + 0x40)))
            case 0x7F: shown += "^?"
            case 0x80...0x9F, 0x202A...0x202E, 0x2066...0x2069: shown += "\u{FFFD}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
