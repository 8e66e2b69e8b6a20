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

/// Tells who the principals of a policy are, and what they are called.
///
/// A policy is kept with the unique ids of the users and roles that it names, as on AWS: one who is deleted and
/// made again under the same name is somebody else, and one who is renamed stays the same. Implemented by
/// IAMService, asked by every service that keeps policies with principals.
package protocol PolicyPrincipalPort: Sendable {
    /// The policy as it is to be kept: users, roles and sessions of the account by unique id.
    ///
    /// Throws `UnknownPrincipal` for one that does not exist. Those of other accounts stay as they are: they may
    /// live on another server. The text is one that was found to be a policy.
    func identifyingPrincipals(in policy: String, account: AccountID) async throws -> String

    /// The policy as it is to be shown: the present ARN of whoever still exists, the bare id of who does not.
    func namingPrincipals(in policy: String, account: AccountID) async throws -> String
}

/// A policy names somebody whom there is not; the text is the one in the policy.
package struct UnknownPrincipal: Error, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}
