// AWSClient: a signed HTTP client for services that speak AWS's protocols. It knows endpoints, signatures,
// the JSON 1.1 and query protocols, retries and limits, and nothing of any single operation.

package import Logging
import SigV4
package import Vocabulary

/// Calls AWS operations on one endpoint, as one caller.
///
/// ```swift
/// let client = try AWSClient(endpoint: endpoint, region: region, signing: .credentials(keys),
///     trust: .file("ca.pem"), logger: logger)
/// let answer: DescribeKeyOutput = try await client.call(.kms, "DescribeKey", DescribeKeyInput(…))
/// ```
///
/// A value: copies share one pool of connections, which closes when the last copy is gone.
package struct AWSClient: Sendable {
    package let endpoint: Endpoint
    package let region: Region
    let signing: RequestSigning
    let retries: RetryPolicy
    let connections: ConnectionPool
    let failures: ConnectionFailure
    let signingKeys: SigningKeyCache
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger

    /// Makes a client; no connection is made before the first call.
    ///
    /// `trustRemedy` is what to tell the person when the server's certificate is not trusted. Throws when the
    /// file of trusted certificates cannot be read.
    package init(
        endpoint: Endpoint,
        region: Region,
        signing: RequestSigning,
        trust: TrustRoots = .system,
        trustRemedy: String = "trust the CA of that server",
        retries: RetryPolicy = RetryPolicy(),
        clock: any WallClock = SystemClock(),
        entropy: any Entropy = SystemEntropy(),
        logger: Logger
    ) throws(AWSClientError) {
        self.endpoint = endpoint
        self.region = region
        self.signing = signing
        self.retries = retries
        self.connections = try ConnectionPool(trust: trust)
        self.failures = ConnectionFailure(
            endpoint: endpoint,
            trust: trust,
            trustRemedy: trustRemedy
        )
        self.signingKeys = SigningKeyCache()
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    /// The same client, calling as somebody else; the connections are shared.
    package func signing(as other: RequestSigning) -> AWSClient {
        AWSClient(copying: self, signing: other)
    }

    private init(copying other: AWSClient, signing: RequestSigning) {
        endpoint = other.endpoint
        region = other.region
        self.signing = signing
        retries = other.retries
        connections = other.connections
        failures = other.failures
        signingKeys = other.signingKeys
        clock = other.clock
        entropy = other.entropy
        logger = other.logger
    }
}
