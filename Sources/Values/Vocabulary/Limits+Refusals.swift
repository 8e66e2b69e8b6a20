/// Bounds of what callers that prove nothing can put into the audit trail.
extension Limits {
    /// Refused calls of unknown callers that one source has recorded singly at once, and in the long run: ten a minute.
    package static let refusedCallRecordsPerSource = 20
    package static let refusedCallRecordsPerSourceAndSecond = 1.0 / 6
    /// The same of all sources together: one a second.
    package static let refusedCallRecords = 200
    package static let refusedCallRecordsPerSecond = 1.0
    /// Sources that are told apart; the others are counted together.
    package static let refusedCallSources = 1024
    /// Seconds between two rounds of summaries of what was only counted.
    package static let refusedCallSummarySeconds = 60
    /// Summaries of one round; the rest waits for the next, and goes on being counted, 17 rounds at most.
    package static let refusedCallSummaries = 64
}
