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
    let resourceBytes: [UInt8]
    /// Other names that a policy may know the resource by.
    let otherNames: [[UInt8]]

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
        var actionBytes = Array(action.utf8)
        for index in actionBytes.indices where (0x41...0x5A).contains(actionBytes[index]) {
            actionBytes[index] |= 0x20
        }
        self.actionBytes = actionBytes
        resourceBytes = Array(resource.utf8)
        otherNames = alsoKnownAs.map { Array($0.utf8) }
    }
}

/// A policy and what a decision calls it.
///
/// A class for the reason that a statement is one: a decision walks over all of a principal's.
package final class NamedPolicy: Sendable {
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
    package let identity: PolicySet
    /// The permissions boundary; nil if there is none.
    package let boundary: PolicySet?
    /// What narrows the session; nil if it was not narrowed.
    package let session: PolicySet?
    /// The resource's own policy; nil for resources that have none.
    package var resource: ResourcePolicy?

    package init(
        identity: PolicySet,
        boundary: PolicySet? = nil,
        session: PolicySet? = nil,
        resource: ResourcePolicy? = nil
    ) {
        self.identity = identity
        self.boundary = boundary
        self.session = session
        self.resource = resource
    }

    /// A stack of policies that are not kept.
    package init(
        identity: [NamedPolicy],
        boundary: NamedPolicy? = nil,
        session: [NamedPolicy]? = nil,
        resource: ResourcePolicy? = nil
    ) {
        self.init(
            identity: PolicySet(identity),
            boundary: boundary.map { PolicySet([$0]) },
            session: session.map(PolicySet.init),
            resource: resource
        )
    }
}
