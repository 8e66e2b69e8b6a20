extension Limits {
    /// Sessions that run on one node at the same time.
    package static let agentSessions = 100
    /// How often a node tells that it is alive.
    package static let agentHealthInterval = Duration.seconds(300)
    /// How long no session must have run before memory is given back.
    package static let agentIdlePause = Duration.seconds(10)
    /// Arenas of malloc in an agent's process.
    package static let agentArenas: Int32 = 2
    /// The longest pause before a failed ping is tried again.
    package static let agentHealthLongestPause = Duration.seconds(60)
    /// The longest pause between attempts to open the control channel, before its random part.
    package static let controlChannelLongestPause = Duration.seconds(60)
    /// Completions kept for a server that does not acknowledge; the oldest goes first.
    package static let completionsKept = 1000
    /// How long a stopping agent waits for its completions to be acknowledged.
    package static let completionFarewell = Duration.seconds(3)
    /// Attempts to open a session's data channel for the first time.
    package static let dataChannelAttempts = 6
    /// The longest pause between attempts to open a data channel.
    package static let dataChannelLongestPause = Duration.seconds(5)
    /// How long a shell waits for its lost data channel before it is ended.
    package static let dataChannelAbsence = Duration.seconds(600)
    /// Bytes on their way to the socket, past which messages are dropped, to be sent again.
    package static let dataChannelOutboxBytes = 4 * 1024 * 1024
    /// Bytes received and not yet looked at, past which the socket is not read.
    package static let sessionEventBytes = 1024 * 1024
    /// Bytes of output read and not yet recorded and sent.
    package static let sessionOutputBytes = 128 * 1024
    /// Bytes typed and not yet taken by the shell, past which input is held back at the client.
    package static let sessionInputBytes = 64 * 1024
    /// How long a closing data channel may take to send what is left.
    package static let dataChannelFarewell = Duration.seconds(2)
    /// What a hung-up shell has to end by itself before it is killed.
    package static let shellGrace = Duration.seconds(2)
    /// How often the log of a session is uploaded; the stock agent's tick.
    package static let sessionLogTick = Duration.seconds(1)
    /// Bytes of lines in one event while streaming: JSON may inflate them six-fold, to under 256 KiB.
    package static let sessionLogStreamedEventBytes = 33_000
    /// Bytes of one event of plain text.
    package static let sessionLogPlainEventBytes = 200_000
    /// Events in one PutLogEvents.
    package static let sessionLogEventsPerCall = 4
    /// Bytes of output not yet uploaded, past which the shell is not read.
    package static let sessionLogBufferBytes = 1024 * 1024
    /// Attempts to upload the same events before the log counts as unwritable.
    package static let sessionLogAttempts = 8
    /// Pages of log groups looked through for a name.
    package static let logGroupPages = 1000
    /// Bytes of the agent's own log file before it is put aside.
    package static let agentLogBytes = 10 * 1024 * 1024
    /// Log files put aside that are kept.
    package static let agentLogFiles = 4
    /// Bytes of one file of the agent's state.
    package static let agentStateBytes = 1024 * 1024
    /// The longest wait between attempts to get credentials; the stock agent's.
    package static let credentialLongestPause = Duration.seconds(1800)
    /// The longest wait when the server was not reached at all.
    package static let credentialLongestNetworkPause = Duration.seconds(60)
}
