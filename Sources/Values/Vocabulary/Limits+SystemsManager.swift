extension Limits {
    // MARK: Activations and nodes

    /// Characters of an activation code: AWS's codes have 20, and the agent sends no shorter one.
    package static let activationCodeLength = 20
    /// Nodes that one activation may register.
    package static let registrationLimit = 1...1000
    /// How long an activation is good for, in seconds, unless it says otherwise: 24 hours.
    package static let activationLifetime: Double = 24 * 60 * 60
    /// How far ahead an activation may expire, in seconds: 30 days.
    package static let activationLifetimeMaximum: Double = 30 * 24 * 60 * 60
    /// Bits of a node's RSA key.
    package static let nodeKeyBits = 2048...8192
    /// Characters of a node's public key on the wire; 392 for 2048 bits.
    package static let nodeKeyTextLength = 392...2048
    /// Seconds for which a node's credentials are good.
    package static let nodeCredentialLifetime: Double = 60 * 60
    /// Seconds after its last ping for which a node without a control channel counts as online.
    ///
    /// The agent pings every five minutes; one lost ping is forgiven.
    package static let pingFreshness: Double = 10 * 60
    /// Seconds for which GetMessages is held: the agent gives up after 20.
    package static let messagePoll = 18
    /// Tags of one resource.
    package static let tagsPerResource = 50

    // MARK: Documents

    /// Bytes of a document's content.
    package static let documentSize = 64 * 1024
    /// Documents in one account and region.
    package static let documents = 500
    /// Versions of one document.
    package static let documentVersions = 1000
    /// Steps of a compiled `allowedPattern`.
    package static let patternSteps = 1000
    /// Ranges of all the classes of an `allowedPattern`.
    package static let patternRanges = 2000
    /// Steps that one StartSession may take to hold values against patterns: some tens of milliseconds.
    ///
    /// The longest value under an ordinary pattern takes a third of it.
    package static let patternWork = 2_000_000
    /// Groups within groups of an `allowedPattern`.
    package static let patternDepth = 50
    /// Bytes that parameters put into one document.
    package static let putInBytes = 1024 * 1024

    // MARK: Sessions

    /// Minutes without user activity after which a session ends.
    package static let idleSessionTimeoutMinutes = 1...60
    /// The same, unless the preferences say otherwise.
    package static let idleSessionTimeoutDefaultMinutes = 20
    /// Minutes after its start at which a session ends.
    package static let maxSessionDurationMinutes = 1...1440
    /// Characters of the reason that a person gives for a session.
    package static let sessionReasonLength = 1...256
    /// Characters of a session's target.
    package static let sessionTargetLength = 1...400
    /// Seconds for which a channel's token is good.
    package static let channelTokenLifetime: Double = 60
    /// Seconds for which ended sessions are listed: 30 days.
    package static let sessionHistory: Double = 30 * 24 * 60 * 60
    /// Seconds between two rounds of what nobody asks for.
    package static let maintenancePeriod = 60
    /// Seconds after which a session that nobody completes is over.
    package static let sessionCompletionGrace: Double = 5 * 60

    // MARK: Reading and writing records

    /// Times that a change is decided again because somebody else wrote in between.
    package static let conflictRetries = 32
    /// Records read at once for a page or for maintenance.
    package static let recordBatch = 100
    /// Records that one page looks through before it hands out what it has.
    package static let recordsPerPageScan = 2000
}
