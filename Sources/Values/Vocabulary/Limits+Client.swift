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

extension Limits {
    /// How often a session's channel is pinged from the person's side.
    package static let clientPingInterval = Duration.seconds(15)
    /// How long a session's channel may be silent after a ping before it counts as broken.
    package static let clientPingSilence = Duration.seconds(20)
    /// Milliseconds for which a broken channel is dialled again before the session is given up.
    package static let clientReconnectTime: Int64 = 120_000
    /// Milliseconds of the longest pause between two attempts, before its random part.
    package static let clientLongestReconnectPause: Int64 = 5_000
    /// Websocket messages that wait for the session's task before the socket is not read on.
    package static let clientEventsInLine = 64
    /// Bytes of output that wait for a slow terminal before the node is told to hold back.
    package static let clientOutputBytes = 256 * 1024
    /// How long leaving waits for TerminateSession.
    package static let clientTerminateTimeout = Duration.seconds(3)
}
