// PolicyEngine: allow or deny, and because of which statement. It reads policy documents, compiles them once,
// and decides requests as AWS's evaluation logic says. Values only: no clock, disk or socket.

/// A policy, read, checked and compiled.
///
/// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package struct PolicyDocument: Sendable {
    /// What a document is for, which decides the elements it must and must not have.
    package enum Kind: Equatable, Sendable {
        /// Attached to a user, role or session: no `Principal`, resources needed.
        case identity
        /// Of a KMS key: `Principal` and `Resource` needed.
        case key
        /// Of a role: `Principal` needed, no `Resource`, only actions of STS.
        case trust
    }

    package enum Version: String, Sendable {
        /// The first language, without policy variables.
        case first = "2008-10-17"
        case current = "2012-10-17"
    }

    package let kind: Kind
    package let version: Version
    package let id: String?
    let statements: [Statement]
    /// Apart, since every decision asks the ones first, and the others only if nothing denies.
    let denials: [Statement]
    let allowances: [Statement]

    init(kind: Kind, version: Version, id: String?, statements: [Statement]) {
        self.kind = kind
        self.version = version
        self.id = id
        self.statements = statements
        denials = statements.filter { $0.effect == .deny }
        allowances = statements.filter { $0.effect == .allow }
    }

    package var statementCount: Int { statements.count }
}

/// One statement of a policy.
///
/// A class, because decisions walk over many of them, and a value of this size would be retained field by
/// field at each step; it never changes.
final class Statement: Sendable {
    enum Effect: Sendable {
        case allow, deny
    }

    /// Where it stands in its policy, from 0.
    let index: Int
    let sid: String?
    let effect: Effect
    let principal: PrincipalClause?
    /// In lower case: actions are compared without regard to case.
    let actions: [Pattern]
    let actionsAreNegated: Bool
    /// Nil for a trust policy, which is about its role alone.
    let resources: [Template]?
    let resourcesAreNegated: Bool
    let conditions: [Condition]

    init(
        index: Int,
        sid: String?,
        effect: Effect,
        principal: PrincipalClause?,
        actions: (patterns: [Pattern], areNegated: Bool),
        resources: (templates: [Template]?, areNegated: Bool),
        conditions: [Condition]
    ) {
        self.index = index
        self.sid = sid
        self.effect = effect
        self.principal = principal
        self.actions = actions.patterns
        actionsAreNegated = actions.areNegated
        self.resources = resources.templates
        resourcesAreNegated = resources.areNegated
        self.conditions = conditions
    }

    /// Whether action, resource and conditions are those of the request; who asks is not looked at.
    func covers(_ request: PolicyRequest) -> Bool {
        guard isAboutAction(request.actionBytes) != actionsAreNegated else { return false }
        if resources != nil {
            guard isAboutResource(request) != resourcesAreNegated else { return false }
        }
        return conditions.allSatisfy { $0.holds(in: request.context) }
    }

    private func isAboutAction(_ action: [UInt8]) -> Bool {
        for index in actions.indices where actions[index].matches(action) { return true }
        return false
    }

    private func isAboutResource(_ request: PolicyRequest) -> Bool {
        guard let resources else { return true }
        for index in resources.indices {
            if resources[index].matches(request.resourceBytes, in: request.context) { return true }
            for name in request.otherNames
            where resources[index].matches(name, in: request.context) { return true }
        }
        return false
    }
}
