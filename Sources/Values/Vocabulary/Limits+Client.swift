extension Limits {
    /// Attempts of one call, the first one included; AWS's SDKs use three in standard mode.
    package static let clientAttempts = 3
    /// The longest pause between two attempts of a call.
    package static let clientLongestRetryPause = Duration.seconds(20)
    /// How long one attempt may take, from the connection to the last byte of the answer.
    package static let clientRequestTimeout = Duration.seconds(60)
    /// How long making a connection may take.
    package static let clientConnectTimeout = Duration.seconds(10)
    /// Bytes of an answer that a client takes; the largest page of log events is 1 MiB before escaping.
    package static let clientAnswerBytes = 16 * 1024 * 1024
}
