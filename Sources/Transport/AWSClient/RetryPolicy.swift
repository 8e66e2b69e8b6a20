import Vocabulary

/// When a failed request is sent again, and after how long.
///
/// As AWS's SDKs do in standard mode: failures that may pass (a dropped connection, 5xx, throttling) are
/// tried again after a random part of an exponentially growing pause. See
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
package struct RetryPolicy: Sendable {
    /// Attempts in all, the first one included.
    package var attempts: Int
    /// The longest pause before the second attempt; it doubles with each one after that.
    package var basePause: Duration
    package var longestPause: Duration

    package init(
        attempts: Int = Limits.clientAttempts,
        basePause: Duration = .milliseconds(100),
        longestPause: Duration = Limits.clientLongestRetryPause
    ) {
        self.attempts = attempts
        self.basePause = basePause
        self.longestPause = longestPause
    }

    /// One attempt, for callers that have a loop of their own.
    package static let never = RetryPolicy(attempts: 1)

    /// Whether the same request may do better a moment later.
    package static func isPassing(_ error: AWSClientError) -> Bool {
        switch error {
        case .service(let code, _, let status, _):
            status >= 500 || status == 429 || passingCodes.contains(code)
        case .transport: true
        case .credentials, .unreadable: false
        }
    }

    private static let passingCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
        "ProvisionedThroughputExceededException", "BandwidthLimitExceeded", "SlowDown",
        "PriorRequestNotComplete", "TransactionInProgressException", "RequestTimeout",
        "RequestTimeoutException", "ServiceUnavailableException",
    ]

    /// The pause before attempt `attempt` (the second is 2), or nil when there is to be none.
    ///
    /// `fraction` is a random number in 0 ..< 1: the whole pause is drawn, so that clients that failed
    /// together do not come back together.
    package func pause(before attempt: Int, fraction: Double) -> Duration? {
        guard attempt >= 2, attempt <= attempts else { return nil }
        // 2^20 times the base is past any longest pause, and shifting further would overflow.
        let doublings = min(attempt - 2, 20)
        let ceiling = min(basePause * (1 << doublings), longestPause)
        return ceiling * min(max(fraction, 0), 1)
    }
}
