package import Sealing
package import Vocabulary

/// An access key, and the session token that belongs to it when it is temporary.
package struct AWSCredentials: Sendable {
    package let accessKeyID: String
    package let secretAccessKey: Secret
    package let sessionToken: String?

    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// How a client proves who is calling.
package enum RequestSigning: Sendable {
    /// Not at all: the operation carries its own proof, as `RegisterManagedInstance` does.
    case anonymous
    /// SigV4 with one access key.
    case credentials(AWSCredentials)
    /// SigV4 with whatever access key is current; asked before each request, so it should remember.
    case provider(@Sendable () async throws -> AWSCredentials)
    /// A registered node's key pair: SigV4's string to sign, signed by RSASSA-PSS with SHA-256.
    ///
    /// The closure signs the given bytes; the signature goes into the header in base64. See
    /// `RequestManagedInstanceRoleToken` in docs/protocols/sessions.md.
    case nodeKey(NodeID, sign: @Sendable ([UInt8]) throws -> [UInt8])
}
