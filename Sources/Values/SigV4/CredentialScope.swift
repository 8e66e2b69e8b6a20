/// Where and when a signing key is good: `20260102/us-east-1/kms/aws4_request`.
package struct CredentialScope: Hashable, Sendable, CustomStringConvertible {
    /// The day in UTC, such as `20260102`.
    package let day: String
    package let region: String
    package let service: String
    /// `aws4_request`, or whatever stood in its place in a signature that somebody sent.
    package let terminator: String

    package static let terminator = "aws4_request"

    package init(
        day: String,
        region: String,
        service: String,
        terminator: String = CredentialScope.terminator
    ) {
        self.day = day
        self.region = region
        self.service = service
        self.terminator = terminator
    }

    package var description: String { "\(day)/\(region)/\(service)/\(terminator)" }
}
