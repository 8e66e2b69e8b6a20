package import FoundationEssentials
package import Sealing
package import Storage
package import Vocabulary

/// What a valid signature proves: the secret to check it with, and who it stands for.
package struct SigningIdentity: Sendable {
    package let secret: Secret
    package let principal: Principal
    package let account: AccountID

    package init(secret: Secret, principal: Principal, account: AccountID) {
        self.secret = secret
        self.principal = principal
        self.account = account
    }
}

/// Finds whom an access key belongs to.
///
/// Implemented by IAMService, asked by the frontend before each call.
package protocol CredentialPort: Sendable {
    /// Throws `UnrecognizedClientException`, `InvalidClientTokenId`-like faults or `ExpiredTokenException`.
    ///
    /// Codes are those of the JSON protocols; the frontend renames them for query services.
    func signingIdentity(accessKeyID: String, sessionToken: String?) async throws -> SigningIdentity
}

/// Temporary credentials of a role.
package struct TemporaryCredentials: Sendable {
    package let accessKeyID: String
    package let secretAccessKey: Secret
    package let sessionToken: String
    package let expiration: Date

    package init(
        accessKeyID: String,
        secretAccessKey: Secret,
        sessionToken: String,
        expiration: Date
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

/// Gives a node the credentials of its service role.
///
/// Implemented by IAMService, asked by SSMService.
package protocol RoleCredentialsPort: Sendable {
    /// Whether the role exists, trusts the service, and may be passed to it by the caller (`iam:PassRole`).
    ///
    /// Throws the fault to answer if not.
    ///
    /// `role` is a name or path and name, as CreateActivation's `IamRole`.
    func requireRole(_ role: String, trusting service: String, in context: OperationContext)
        async throws

    /// Credentials of a session of the role, named as given, for `duration` seconds.
    func credentials(
        role: String,
        sessionName: String,
        service: String,
        duration: TimeInterval,
        in context: OperationContext
    ) async throws -> TemporaryCredentials

    /// The changes that make every credential given out under this session name so far worthless.
    ///
    /// They go into the asker's own transaction, so that a node and its credentials end together; from the
    /// next call on `signingIdentity` throws `ExpiredTokenException` for them. Later credentials of the same
    /// name are not touched.
    func revocation(
        ofSessionsNamed sessionName: String,
        service: String,
        in context: OperationContext
    ) async throws -> [RecordTransaction.Change]

    /// The value of a tag of the calling principal: of the user, or of the role and its session.
    ///
    /// Asked for `SSMSessionRunAs`. Nil when there is none.
    func principalTag(_ key: String, in context: OperationContext) async throws -> String?
}
