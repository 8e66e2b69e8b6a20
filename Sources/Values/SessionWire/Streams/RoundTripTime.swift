import Vocabulary

/// How long to wait for an acknowledgement, learnt from the ones that came (session-protocol 5.4).
///
/// The constants are those of both stock ends: gains 1/8 and 1/4, granularity 10 ms, at most 1 s.
struct RoundTripTime: Sendable {
    private var smoothed = 100.0
    private var variation = 0.0
    /// Milliseconds.
    private(set) var timeout: Int64 = 200

    mutating func learn(sample milliseconds: Int64) {
        let sample = Double(milliseconds)
        variation = 0.75 * variation + 0.25 * abs(smoothed - sample)
        smoothed = 0.875 * smoothed + 0.125 * sample
        let wait = smoothed + max(10, 4 * variation)
        timeout = Int64(min(Double(Limits.resendTimeoutMilliseconds), wait))
    }
}
