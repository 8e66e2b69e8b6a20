import LogEngine

/// A log stream as it is stored: its place in the chain and what DescribeLogStreams tells.
struct LogStream: Codable, Sendable {
    var id: UInt64
    var name: String
    var creationTime: Int64
    var firstEventTimestamp: Int64?
    var lastEventTimestamp: Int64?
    var lastIngestionTime: Int64?
    /// The sequence of the first event that is still there.
    var firstSequence: UInt64 = 0
    /// The sequence that the next event gets.
    var nextSequence: UInt64 = 0
    /// The root of the chain, in hexadecimal digits.
    var root: String = LogDigest.none.description
    /// The longest time that one of its batches covers.
    var span: Int64 = 0

    var streamID: LogStreamID { LogStreamID(id) }

    /// A token of the form that AWS gives; it is accepted everywhere and ignored.
    var sequenceToken: String {
        EventPosition(
            timestamp: lastIngestionTime ?? creationTime,
            ingestionTime: lastIngestionTime ?? creationTime,
            stream: streamID,
            sequence: nextSequence
        ).description
    }

    /// Whether a stream is a recording, left out of group-wide searches unless it is named.
    static func isRecording(_ name: String) -> Bool { name.hasSuffix(".cast") }
}
