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
    /// Parameters of one form.
    package static let formParameterCount = 5000
    /// Elements of one XML document.
    package static let xmlElementCount = 100_000
}
