package import Vocabulary

/// What an operation is about to do, said before it does it.
///
/// The operation says the action, the thing, and what conditions may ask about; who may do it is decided
/// elsewhere, from policies.
package struct AuthorizationRequest: Sendable {
    /// The form is `kms:Encrypt`.
    package let action: String
    /// The ARN, or `*` for actions that have no resource of their own.
    package let resource: String
    /// Condition keys of the service and their values, such as `kms:EncryptionContext:aws:logs:arn`.
    ///
    /// The global keys (`aws:SourceIp`, `aws:PrincipalArn` …) are added by the authorizer.
    package let conditionValues: [String: [String]]
    /// The policy that the resource itself carries.
    package let resourcePolicy: ResourcePolicy?
    /// Resources by which an IAM policy may also allow or deny this action: a log group action is allowed
    /// by `log-group:NAME` and `log-group:NAME:*` too.
    package let alsoKnownAs: [String]

    package init(
        _ action: String,
        on resource: String,
        conditionValues: [String: [String]] = [:],
        resourcePolicy: ResourcePolicy? = nil,
        alsoKnownAs: [String] = []
    ) {
        self.action = action
        self.resource = resource
        self.conditionValues = conditionValues
        self.resourcePolicy = resourcePolicy
        self.alsoKnownAs = alsoKnownAs
    }
}

/// A policy that a resource carries, and the rules that its kind follows.
package struct ResourcePolicy: Sendable {
    package enum Kind: Sendable {
        /// IAM allows count only where the key's policy delegates to the account.
        case key
        /// A principal that is named suffices alone; a named account needs an IAM allow too.
        case trust
    }

    package let kind: Kind
    /// The document as JSON text.
    package let document: String
    /// The account that the resource belongs to.
    package let account: AccountID

    package init(kind: Kind, document: String, account: AccountID) {
        self.kind = kind
        self.document = document
        self.account = account
    }
}

/// Decides whether the caller may do what an operation is about to do.
///
/// IAMService stands behind it in the server; tests use `ScriptedAuthorizer` of ServiceTestKit.
package protocol Authorizer: Sendable {
    /// Returns if the call is allowed, and throws the `AccessDenied…` fault of AWS's wording if not.
    ///
    /// The fault's code is `AccessDeniedException`; query services rename it to `AccessDenied`.
    func authorize(_ request: AuthorizationRequest, in context: OperationContext) async throws
}
