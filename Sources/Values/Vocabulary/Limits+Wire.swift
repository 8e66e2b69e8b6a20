/// Bounds of signatures, of the wire formats and of the doors.
extension Limits {
    /// Seconds that a signature's time may differ from ours, either way; AWS's five minutes.
    package static let signatureSkew = 5 * 60
    /// Seconds for which a presigned request may be good: seven days.
    package static let presignedLifetime = 7 * 24 * 60 * 60
    /// Signing keys that are remembered.
    package static let cachedSigningKeys = 1024
    /// Bytes of an Authorization header, which holds the names of at most `signedHeaderCount` headers.
    package static let authorizationHeaderLength = 8 * 1024
    /// Headers that one signature may name.
    package static let signedHeaderCount = 100
    /// How deep JSON, XML and form parameters may nest.
    package static let wireNesting = 64
    /// Bytes of the name of one parameter of a form, its escapes included.
    package static let formNameLength = 1024
    /// Names, and steps of dotted names, that are told apart in one form.
    package static let formNodeCount = 20_000
    /// Parameters of one form.
    package static let formParameterCount = 5000
    /// Elements of one XML document.
    package static let xmlElementCount = 100_000
}

extension Limits {
    /// Bytes of a request's body: PutLogEvents carries up to 1 MiB of events, which JSON's escapes and
    /// base64 can swell several times.
    package static let requestBodyBytes = 8 * 1024 * 1024
    /// Bytes of the body of a request without a signature; registration, the largest such call, needs a few hundred.
    package static let smallBodyBytes = 64 * 1024
    /// Bytes that bodies of up to `smallBodyBytes` hold together, and those of one source.
    package static let smallBodyBudget = 64 * 1024 * 1024
    package static let smallBodyShare = 32 * 1024 * 1024
    /// Bytes that larger bodies hold together, and those of one source: eight of the largest.
    package static let largeBodyBudget = 256 * 1024 * 1024
    package static let largeBodyShare = 64 * 1024 * 1024
    /// Bytes of a body that is read, checked and answered on its connection's own thread; larger ones go to the
    /// threads that all share, since other connections wait meanwhile.
    ///
    /// It holds a KMS call on the largest plaintext, 4 KiB in base64, and at most some 300 of the smallest log
    /// events: what `Operation.brief` promises has to hold for it, decoding included.
    package static let bodyAnsweredInPlace = 8 * 1024
    /// Bytes of all header fields of a request, and of one.
    package static let requestHeaderBytes = 32 * 1024
    /// Header fields of a request.
    package static let requestHeaderCount = 200
    /// Seconds that a connection may say nothing between requests, or within one.
    package static let connectionIdle = 75
    /// Seconds that a peer has to end a connection whose last answer was sent.
    package static let connectionLinger = 10
    /// Seconds from a connection's beginning to the end of its first header, TLS included.
    package static let firstRequestWait = 20
    /// Seconds from a request's header to the end of its body.
    package static let requestArrival = 60
    /// Connections that one listener holds, if the system allows as many files.
    package static let openConnections = 20_000
    /// How often a server gives free memory back to the system.
    package static let memoryTrimInterval = Duration.seconds(60)
    /// Files that are kept free for other things than connections.
    package static let reservedFiles = 256
    /// Characters of an operation's name, an access key id or a user agent that are recorded of a caller.
    package static let recordedNameLength = 256
}
