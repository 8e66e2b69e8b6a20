/// Where an event stands among all events: by time, then by arrival, then by stream and number.
///
/// Written as 56 digits it is the event's id (13 of time, 13 of ingestion, 19 of the stream, 11 of the
/// sequence), and the order of the ids is the order of the events. As a *cut*, a position stands for the
/// place just before it: everything less lies on one side, everything else on the other.
package struct EventPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let timestamp: Int64
    package let ingestionTime: Int64
    package let stream: LogStreamID
    package let sequence: UInt64

    /// Times outside of 0…9,999,999,999,999 (the year 2286) are moved to the nearer end.
    package init(
        timestamp: Int64,
        ingestionTime: Int64,
        stream: LogStreamID,
        sequence: UInt64
    ) {
        self.timestamp = min(max(timestamp, 0), Self.lastTime)
        self.ingestionTime = min(max(ingestionTime, 0), Self.lastTime)
        self.stream = stream
        self.sequence = min(sequence, Self.lastSequence)
    }

    /// The cut before everything that happened at that time or later.
    package init(before timestamp: Int64) {
        self.init(timestamp: timestamp, ingestionTime: 0, stream: LogStreamID(0), sequence: 0)
    }

    /// The cut before all events.
    package static let start = EventPosition(before: 0)
    /// The cut after all events.
    package static let end = EventPosition(
        timestamp: lastTime,
        ingestionTime: lastTime,
        stream: LogStreamID(UInt64(Int64.max)),
        sequence: lastSequence
    )

    private static let lastTime: Int64 = 9_999_999_999_999
    private static let lastSequence: UInt64 = 99_999_999_999

    /// The cut just after this event.
    package var next: EventPosition {
        EventPosition(
            timestamp: timestamp,
            ingestionTime: ingestionTime,
            stream: stream,
            sequence: sequence + 1
        )
    }

    /// Reads the 56 digits, or nil if they are no position.
    package init?(_ digits: String) {
        let bytes = Array(digits.utf8)
        guard bytes.count == 56, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        func field(_ range: Range<Int>) -> UInt64? {
            UInt64(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let time = field(0..<13), let ingestion = field(13..<26), let stream = field(26..<45),
            stream <= UInt64(Int64.max), let sequence = field(45..<56)
        else { return nil }
        self.init(
            timestamp: Int64(time),
            ingestionTime: Int64(ingestion),
            stream: LogStreamID(stream),
            sequence: sequence
        )
    }

    package var description: String {
        Self.digits(UInt64(timestamp), 13) + Self.digits(UInt64(ingestionTime), 13)
            + Self.digits(stream.number, 19) + Self.digits(sequence, 11)
    }

    private static func digits(_ number: UInt64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    package static func < (left: EventPosition, right: EventPosition) -> Bool {
        (left.timestamp, left.ingestionTime, left.stream.number, left.sequence)
            < (right.timestamp, right.ingestionTime, right.stream.number, right.sequence)
    }
}
