/// The kinds of policy that a decision can rest on.
package enum PolicyLayer: Equatable, Sendable {
    case identity
    case boundary
    case session
    /// A key policy or another that the resource carries.
    case resource
    /// The policy that says who may assume a role.
    case trust
}

/// A statement, so that a person can find it.
package struct StatementReference: Equatable, Sendable, CustomStringConvertible {
    package let layer: PolicyLayer
    /// The ARN of a managed policy, the name of an inline one.
    package let policy: String
    package let sid: String?
    /// Where it stands in its policy, from 0.
    package let index: Int

    package init(layer: PolicyLayer, policy: String, sid: String?, index: Int) {
        self.layer = layer
        self.policy = policy
        self.sid = sid
        self.index = index
    }

    package var description: String {
        let statement = sid.flatMap { $0.isEmpty ? nil : "statement \($0)" }
        return "\(policy), \(statement ?? "statement \(index + 1)")"
    }
}

/// What the engine decided, and because of what.
package enum Decision: Equatable, Sendable {
    /// The statements that together allow it: one for each layer that had to.
    case allowed([StatementReference])
    /// A statement denies it.
    case explicitlyDenied(StatementReference)
    /// No statement of this layer allows it.
    case implicitlyDenied(PolicyLayer)

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }

    /// AWS's sentence about a denial; nil if it was allowed.
    ///
    /// See https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    package func denialMessage(principal: String, action: String, resource: String) -> String? {
        let reason: String
        switch self {
        case .allowed:
            return nil
        case .explicitlyDenied(let statement):
            reason = "with an explicit deny in \(statement.layer.noun)"
        case .implicitlyDenied(let layer):
            reason = "because no \(layer.shortNoun) allows the \(action) action"
        }
        return
            "User: \(principal) is not authorized to perform: \(action) on resource: \(resource) "
            + reason
    }
}

extension PolicyLayer {
    fileprivate var noun: String {
        switch self {
        case .identity: "an identity-based policy"
        case .boundary: "a permissions boundary"
        case .session: "a session policy"
        case .resource: "a resource-based policy"
        case .trust: "the role trust policy"
        }
    }

    fileprivate var shortNoun: String {
        switch self {
        case .identity: "identity-based policy"
        case .boundary: "permissions boundary"
        case .session: "session policy"
        case .resource: "resource-based policy"
        case .trust: "role trust policy"
        }
    }
}
