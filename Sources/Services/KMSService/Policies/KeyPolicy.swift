import PolicyEngine
import ServiceKit
import Vocabulary

/// The key policy: its default, what makes one acceptable, and the check that it locks nobody out.
enum KeyPolicy {
    /// The one policy name there is.
    static let name = "default"

    /// What AWS attaches when CreateKey is given no policy: the account's own policies decide.
    static func standard(for scope: Scope) -> String {
        """
        {
          "Version" : "2012-10-17",
          "Id" : "key-default-1",
          "Statement" : [ {
            "Sid" : "Enable IAM User Permissions",
            "Effect" : "Allow",
            "Principal" : {
              "AWS" : "\(scope.globalARN(service: "iam", resource: "root"))"
            },
            "Action" : "kms:*",
            "Resource" : "*"
          } ]
        }
        """
    }

    /// Compiles a key policy, or throws AWS's fault for one that is none or is too long.
    static func compiled(_ policy: String) throws -> PolicyDocument {
        guard policy.utf8.count <= Limits.kmsPolicyBytes else {
            throw KMSFault.limit(
                "The key policy has \(policy.utf8.count) bytes; at most \(Limits.kmsPolicyBytes) are "
                    + "allowed."
            )
        }
        do {
            return try PolicyDocument(parsing: policy, as: .key)
        } catch {
            throw KMSFault.malformedPolicy(error.description)
        }
    }

    /// Whether a policy that is stored can be evaluated.
    static func isReadable(_ policy: String) -> Bool {
        (try? PolicyDocument(parsing: policy, as: .key)) != nil
    }

    static func isAllowedCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xFF: true
        default: false
        }
    }
}

extension KMSService {
    /// The policy as it is to be kept, with the unique ids of its principals, if it is one that can be.
    ///
    /// What is kept is compiled too, whatever lockout check is bypassed: a key whose policy cannot be read is of
    /// no use to anybody.
    func kept(_ policy: String, in context: OperationContext) async throws -> String {
        _ = try KeyPolicy.compiled(policy)
        do {
            let kept = try await principals.identifyingPrincipals(
                in: policy,
                account: context.scope.account
            )
            _ = try KeyPolicy.compiled(kept)
            return kept
        } catch is UnknownPrincipal {
            throw KMSFault.malformedPolicy(
                "Policy contains a statement with one or more invalid principals."
            )
        }
    }

    /// The lockout safety check: whoever sets a policy must be able to set the next one.
    ///
    /// Asked of the policy, not of the caller's other policies: it suffices that the key's policy leaves the
    /// matter to the account.
    /// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    func checkLockout(
        _ policy: String,
        of arn: ARN,
        _ conditionValues: [String: [String]],
        in context: OperationContext
    ) async throws {
        let document = try KeyPolicy.compiled(policy)
        if leavesToAccount(document, arn, conditionValues, context) { return }
        do {
            try await authorizer.authorize(
                AuthorizationRequest(
                    "kms:PutKeyPolicy",
                    on: arn.description,
                    conditionValues: conditionValues,
                    resourcePolicy: ResourcePolicy(
                        kind: .key,
                        document: policy,
                        account: context.scope.account
                    )
                ),
                in: context
            )
        } catch let fault as ServiceFault where fault.code.hasPrefix("AccessDenied") {
            throw KMSFault.malformedPolicy(
                "The new key policy will not allow you to update the key policy in the future."
            )
        }
    }

    private func leavesToAccount(
        _ document: PolicyDocument,
        _ arn: ARN,
        _ conditionValues: [String: [String]],
        _ context: OperationContext
    ) -> Bool {
        let principal: PolicyPrincipal
        switch context.principal {
        case .user(let arn, let userID, _):
            principal = .user(arn: arn, id: userID)
        case .assumedRole(let session):
            principal = .roleSession(
                arn: session.sessionARN,
                role: session.roleARN,
                roleID: session.roleID
            )
        case .service, .node, .anonymous:
            return false
        }
        let stack = PolicyStack(
            identity: Self.allowingAll.map { [NamedPolicy(name: "all", document: $0)] } ?? [],
            resource: PolicyStack.ResourcePolicy(
                NamedPolicy(name: KeyPolicy.name, document: document),
                account: context.scope.account
            )
        )
        let request = PolicyRequest(
            principal: principal,
            action: "kms:PutKeyPolicy",
            resource: arn.description,
            context: ConditionContext(conditionValues)
        )
        return stack.decide(request).isAllowed
    }

    private static let allowingAll = try? PolicyDocument(
        parsing: """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}
            """,
        as: .identity
    )
}
