import Logging
package import PolicyEngine
package import ServiceKit
import Vocabulary

extension IAMService: Authorizer {
    package func authorize(
        _ request: AuthorizationRequest,
        in context: OperationContext
    ) async throws {
        await noteUse(context)
        let decision = try await decision(request, in: context)
        // Before the names are written out for a message that nobody reads.
        if decision.isAllowed { return }
        let message = decision.denialMessage(
            principal: context.principal.displayName,
            action: request.action,
            resource: request.resource
        )
        if let message { throw ServiceFault("AccessDeniedException", message) }
    }

    /// The decision with its reasons, for whoever must explain it.
    package func decision(
        _ request: AuthorizationRequest,
        in context: OperationContext
    ) async throws -> Decision {
        let asked = try await asked(request, in: context)
        var stack = asked.stack
        if let resource = request.resourcePolicy {
            stack.resource = try resourcePolicy(resource, of: request.resource)
        } else if StandingGrants.allow(context.principal, request.action) {
            return .allowed([])
        }
        return stack.decide(
            PolicyRequest(
                principal: asked.principal,
                action: request.action,
                resource: request.resource,
                alsoKnownAs: request.alsoKnownAs,
                context: ConditionContext(
                    request.conditionValues,
                    global: GlobalConditionKeys(
                        context: context,
                        principalTags: asked.tags,
                        now: clock.now()
                    ).values
                )
            )
        )
    }

    private struct Asked {
        let principal: PolicyPrincipal
        let stack: PolicyStack
        let tags: [String: String]
    }

    /// Who asks, in the engine's terms, and with which policies.
    private func asked(
        _ request: AuthorizationRequest,
        in context: OperationContext
    ) async throws -> Asked {
        switch context.principal {
        case .user(let arn, let userID, let name):
            let account = try AccountID(parsing: arn.account)
            let identity = try await identity(UserRecord.self, named: name, account: account)
            // Deleted and made again under the same name, it is somebody else, who signed nothing.
            let own = identity?.id == userID ? identity : nil
            return Asked(
                principal: .user(arn: arn, id: userID),
                stack: PolicyStack(identity: own?.policies ?? .empty, boundary: own?.boundary),
                tags: own?.tags ?? [:]
            )
        case .assumedRole(let session):
            let account = try AccountID(parsing: session.roleARN.account)
            let identity = try await identity(
                RoleRecord.self,
                named: session.roleName,
                account: account
            )
            let own = identity?.id == session.roleID ? identity : nil
            return Asked(
                principal: .roleSession(
                    arn: session.sessionARN,
                    role: session.roleARN,
                    roleID: session.roleID
                ),
                stack: PolicyStack(
                    identity: own?.policies ?? .empty,
                    boundary: own?.boundary,
                    session: try await sessionPolicies(session, account: account)
                ),
                tags: session.tagsOver(own?.tags ?? [:])
            )
        case .service(let name):
            return Asked(
                principal: .service(name),
                stack: PolicyStack(identity: .empty),
                tags: [:]
            )
        case .node, .anonymous:
            return Asked(principal: .anonymous, stack: PolicyStack(identity: .empty), tags: [:])
        }
    }

    /// What narrows a session; nil if it was assumed without session policies.
    private func sessionPolicies(
        _ session: RoleSession,
        account: AccountID
    ) async throws -> PolicySet? {
        guard !session.sessionPolicies.isEmpty || !session.sessionPolicyARNs.isEmpty else {
            return nil
        }
        var policies: [NamedPolicy] = []
        for text in session.sessionPolicies {
            let document = try cache.document(text, as: .identity)
            policies.append(NamedPolicy(name: "session policy", document: document))
        }
        for arn in session.sessionPolicyARNs {
            do {
                policies.append(try await managedPolicy(arn.description, account: account))
            } catch let fault as ServiceFault where fault.code == "NoSuchEntity" {
                // Deleted since the session began: it allows nothing any more, and goes on limiting.
                continue
            }
        }
        return PolicySet(policies)
    }

    private func resourcePolicy(
        _ policy: ResourcePolicy,
        of resource: String
    ) throws -> PolicyStack.ResourcePolicy {
        let kind: PolicyDocument.Kind =
            switch policy.kind {
            case .key: .key
            case .trust: .trust
            }
        do {
            let document = try cache.document(policy.document, as: kind)
            return PolicyStack.ResourcePolicy(
                NamedPolicy(name: resource, document: document),
                account: policy.account
            )
        } catch {
            logger.error(
                "The policy of a resource cannot be read, so nobody may use it.",
                metadata: ["resource": "\(resource)", "reason": "\(error)"]
            )
            throw ServiceFault.internalFailure
        }
    }
}
