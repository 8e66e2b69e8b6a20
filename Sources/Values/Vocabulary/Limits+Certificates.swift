extension Limits {
    /// Seconds a private authority is good for: ten years.
    package static let authorityLifetime: Double = 3650 * 86_400
    /// Seconds a server certificate is good for: ninety days.
    package static let certificateLifetime: Double = 90 * 86_400
    /// Seconds by which a certificate begins before it was made, for clients whose clock is behind.
    package static let certificateBackdating: Double = 3600
    /// Names in one certificate.
    package static let certificateNames = 100
    /// Characters of a common name: RFC 5280's `ub-common-name`.
    package static let certificateCommonNameLength = 64
    /// How often a running server looks whether its certificate is due.
    package static let certificateCheckInterval = Duration.seconds(3600)
    /// Bytes of a DNS name.
    package static let hostNameLength = 253
}
