// LogEngine: what a batch of log events is, as bytes and as proof, and which events a pattern matches.
// Values only: no clock, no disk, no KMS. The service decides when and where; formats are in docs/formats.

import Encoding

/// One event as a log stream holds it.
package struct LogEvent: Equatable, Sendable {
    /// When it happened, in milliseconds since 1970.
    package let timestamp: Int64
    /// What happened, as UTF-8.
    package let message: [UInt8]

    package init(timestamp: Int64, message: [UInt8]) {
        self.timestamp = timestamp
        self.message = message
    }
}

/// The id of a log group that no other group ever has, not even one of the same name after this one is gone.
package struct LogGroupID: Hashable, Sendable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package let description: String

    /// Takes the digits of an id, or nil if they are none.
    package init?(_ digits: String) {
        guard digits.utf8.count == 32, (try? Hex.bytes(of: digits, in: .lowercase)) != nil else {
            return nil
        }
        description = digits
    }

    init(bytes: [UInt8]) {
        description = Hex.text(of: bytes)
    }

    var bytes: [UInt8] { (try? Hex.bytes(of: description)) ?? [] }
}

/// The id of a log stream, random and below 2⁶³; unique as `LogGroupID` is.
package struct LogStreamID: Hashable, Comparable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) {
        self.number = number & UInt64(Int64.max)
    }

    package static func < (left: LogStreamID, right: LogStreamID) -> Bool {
        left.number < right.number
    }
}

/// Whose stream it is: what is hashed into its leaves, and written in front of its batches.
package struct LogStreamIdentity: Hashable, Sendable {
    package let account: String
    package let region: String
    package let group: LogGroupID
    package let stream: LogStreamID

    package init(account: String, region: String, group: LogGroupID, stream: LogStreamID) {
        self.account = account
        self.region = region
        self.group = group
        self.stream = stream
    }
}
