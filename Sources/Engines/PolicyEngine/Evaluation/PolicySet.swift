/// The policies of one layer, their statements side by side.
///
/// A class with two flat lists, since a decision walks over all of a principal's statements: from policy to policy
/// it would count references up and down, which costs more than the comparisons. Made once for a principal and
/// kept with it.
package final class PolicySet: Sendable {
    let denials: [Statement]
    let allowances: [Statement]
    /// The policies that the denials are of, one for each.
    private let denying: [NamedPolicy]
    private let allowing: [NamedPolicy]

    /// No policies: nothing is denied, and nothing allowed.
    package static let empty = PolicySet([])

    package init(_ policies: [NamedPolicy]) {
        denials = policies.flatMap(\.document.denials)
        allowances = policies.flatMap(\.document.allowances)
        denying = policies.flatMap { policy in policy.document.denials.map { _ in policy } }
        allowing = policies.flatMap { policy in policy.document.allowances.map { _ in policy } }
    }

    /// The first statement that denies the request; who asks is not looked at.
    func denial(of request: PolicyRequest, _ layer: PolicyLayer) -> StatementReference? {
        for index in denials.indices where denials[index].covers(request) {
            return denying[index].reference(to: denials[index], layer)
        }
        return nil
    }

    /// The first statement that allows it.
    func allowance(of request: PolicyRequest, _ layer: PolicyLayer) -> StatementReference? {
        for index in allowances.indices where allowances[index].covers(request) {
            return allowing[index].reference(to: allowances[index], layer)
        }
        return nil
    }
}
