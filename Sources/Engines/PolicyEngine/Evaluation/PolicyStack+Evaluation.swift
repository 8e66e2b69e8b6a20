import Vocabulary

extension PolicyStack {
    /// Decides a request as AWS's evaluation logic says.
    ///
    /// 1. A statement that denies, in any policy, ends it.
    /// 2. A resource that carries a policy must be let go by it; how directly it names the principal says what
    ///    else must allow. The principal itself: nothing. Its role: boundary and session policy. Its account:
    ///    identity policy, boundary and session policy. From another account: always all of them.
    /// 3. Without a resource policy, identity policy, boundary and session policy must each allow.
    ///
    /// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    package func decide(_ request: PolicyRequest) -> Decision {
        if let denial = explicitDenial(request) { return .explicitlyDenied(denial) }
        var allowing: [StatementReference] = []
        var needed = Self.identityLayers[...]
        if let resource {
            guard let grant = resourceGrant(request) else {
                return .implicitlyDenied(resource.layer)
            }
            allowing.append(grant.statement)
            let isOwnAccount =
                request.principal.account.map { $0 == resource.account.description } ?? true
            switch grant.directness {
            case .itself where isOwnAccount: needed = []
            case .role where isOwnAccount: needed = needed.dropFirst()
            case .itself, .role, .account: break
            }
        }
        for layer in needed {
            guard let policies = policies(of: layer) else { continue }
            guard let statement = policies.allowance(of: request, layer) else {
                return .implicitlyDenied(layer)
            }
            allowing.append(statement)
        }
        return .allowed(allowing)
    }

    /// The layers that belong to who asks, in the order they are asked.
    private static let identityLayers: [PolicyLayer] = [.identity, .boundary, .session]

    /// The policies of a layer; nil if the layer does not limit this request.
    private func policies(of layer: PolicyLayer) -> PolicySet? {
        switch layer {
        case .identity: identity
        case .boundary: boundary
        case .session: session
        case .resource, .trust: nil
        }
    }

    private func explicitDenial(_ request: PolicyRequest) -> StatementReference? {
        for layer in Self.identityLayers {
            if let denial = policies(of: layer)?.denial(of: request, layer) { return denial }
        }
        guard let resource else { return nil }
        for statement in resource.policy.document.denials
        where statement.principal?.applies(to: request.principal) != nil
            && statement.covers(request)
        {
            return resource.policy.reference(to: statement, resource.layer)
        }
        return nil
    }

    /// The statement of the resource's policy that names the principal most directly.
    private func resourceGrant(
        _ request: PolicyRequest
    ) -> (directness: PrincipalEntry.Directness, statement: StatementReference)? {
        guard let resource else { return nil }
        var best: (directness: PrincipalEntry.Directness, statement: Statement)?
        for statement in resource.policy.document.allowances {
            guard let directness = statement.principal?.applies(to: request.principal),
                best.map({ $0.directness < directness }) ?? true, statement.covers(request)
            else { continue }
            best = (directness, statement)
        }
        return best.map { best in
            (best.directness, resource.policy.reference(to: best.statement, resource.layer))
        }
    }
}

extension PolicyStack.ResourcePolicy {
    fileprivate var layer: PolicyLayer { policy.document.kind == .trust ? .trust : .resource }
}

extension NamedPolicy {
    func reference(
        to statement: Statement,
        _ layer: PolicyLayer
    ) -> StatementReference {
        StatementReference(
            layer: layer,
            policy: name,
            sid: statement.sid,
            index: statement.index
        )
    }
}
