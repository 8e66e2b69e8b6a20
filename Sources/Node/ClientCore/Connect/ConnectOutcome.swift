/// How a session ended for the person, and what the program exits with.
package struct ConnectOutcome: Equatable, Sendable {
    /// The remote status, 128 + n when a signal ended it; 255 when Sekisho itself failed.
    package let status: Int32
    /// A sentence for the person; nil after an ordinary end.
    package let reason: String?

    /// What we exit with when it was not what ran that failed.
    package static let failureStatus: Int32 = 255

    package init(status: Int32, reason: String? = nil) {
        self.status = status
        self.reason = reason
    }

    package static func failed(_ reason: String) -> ConnectOutcome {
        ConnectOutcome(status: failureStatus, reason: reason)
    }
}
