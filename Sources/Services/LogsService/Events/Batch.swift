import LogEngine
import Storage

/// A batch of events as it is stored: where its bytes lie, and what is needed before they are opened.
struct Batch: Codable, Sendable {
    /// Where the sealed bytes are.
    enum Location: Codable, Equatable, Sendable {
        case log(offset: UInt64)
        case blob(name: String, offset: Int, length: Int)
    }

    var streamName: String
    var firstSequence: UInt64
    var count: Int
    var firstTimestamp: Int64
    var lastTimestamp: Int64
    var ingestionTime: Int64
    /// Bytes of the messages, with AWS's 26 for each event.
    var bytes: Int64
    var dataKeyID: String
    /// The stream's root after this batch, in hexadecimal digits.
    var root: String
    var location: Location

    var nextSequence: UInt64 { firstSequence + UInt64(count) }
}

/// What the indexes by time hold of a batch.
struct BatchTimes: Codable, Sendable {
    var lastTimestamp: Int64
    var streamName: String
}

/// The longest time that one batch covers, in milliseconds.
struct BatchSpan: Codable, Sendable {
    var milliseconds: Int64
}

/// How many bytes a group holds.
///
/// Bytes are added when a head takes a batch in and taken away when it is removed, so that for a second
/// it may be too small, even negative.
struct GroupSize: Codable, Sendable {
    var bytes: Int64
}

/// A record whose key says it all.
struct Mark: Codable, Sendable {}
