package import Vocabulary

/// A question to the engine: may this principal do this to that.
package struct PolicyRequest: Sendable {
    package let principal: PolicyPrincipal
    /// As the service writes it: `kms:Encrypt`.
    package let action: String
    /// The ARN, or `*` for actions without a resource of their own.
    package let resource: String
    package let context: ConditionContext
    let actionBytes: [UInt8]
    /// The resource and the other names that a policy may know it by.
    let resourceNames: [[UInt8]]

    package init(
        principal: PolicyPrincipal,
        action: String,
        resource: String,
        alsoKnownAs: [String] = [],
        context: ConditionContext
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
        actionBytes = action.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        resourceNames = ([resource] + alsoKnownAs).map { Array($0.utf8) }
    }
}

/// A policy and what a decision calls it.
package struct NamedPolicy: Sendable {
    /// The ARN of a managed policy, the name of an inline one.
    package let name: String
    package let document: PolicyDocument

    package init(name: String, document: PolicyDocument) {
        self.name = name
        self.document = document
    }
}

/// All the policies that speak about a request.
package struct PolicyStack: Sendable {
    /// A policy that the resource carries.
    package struct ResourcePolicy: Sendable {
        package let policy: NamedPolicy
        /// The account that the resource belongs to.
        package let account: AccountID

        package init(_ policy: NamedPolicy, account: AccountID) {
            self.policy = policy
            self.account = account
        }
    }

    /// Attached to the user or role.
    package var identity: [NamedPolicy]
    /// The permissions boundary; nil if there is none.
    package var boundary: NamedPolicy?
    /// What narrows the session; nil if it was not narrowed.
    package var session: [NamedPolicy]?
    /// The resource's own policy; nil for resources that have none.
    package var resource: ResourcePolicy?

    package init(
        identity: [NamedPolicy],
        boundary: NamedPolicy? = nil,
        session: [NamedPolicy]? = nil,
        resource: ResourcePolicy? = nil
    ) {
        self.identity = identity
        self.boundary = boundary
        self.session = session
        self.resource = resource
    }
}
