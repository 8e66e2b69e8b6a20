// ServiceKit: what every service is written in terms of. Who calls, what they ask to do, whether they may,
// what is recorded of it; operations as values; and the ports through which sibling services meet.

package import Vocabulary

/// Who is acting, as authentication found it.
///
/// Verified: a value of this type is never a claim.
package enum Principal: Hashable, Sendable {
    /// An IAM user.
    case user(arn: ARN, userID: String, name: String)
    /// A role that somebody assumed, or that a node runs under.
    case assumedRole(RoleSession)
    /// One of our own services acting for a user: `logs.us-east-1.amazonaws.com`.
    case service(String)
    /// A node that signs with the key pair it registered, and nothing else yet.
    case node(NodeID)
    /// Nobody: the operation carries its own proof, as registration does.
    case anonymous
}

/// A session of a role, with the policies that narrow it.
package struct RoleSession: Hashable, Sendable {
    /// The form is `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
    package let roleARN: ARN
    /// The form is `AROA…`.
    package let roleID: String
    package let roleName: String
    package let sessionName: String
    /// Inline session policies, as the caller of AssumeRole gave them.
    package let sessionPolicies: [String]
    /// Managed policies given as session policies.
    package let sessionPolicyARNs: [ARN]
    /// Session tags, which go before the role's own in `aws:PrincipalTag/…`.
    package let tags: [String: String]
    /// The tags that a session assumed from this one keeps.
    package let transitiveTagKeys: [String]
    /// Who stands at the beginning of a chain of sessions, as the first of them said.
    package let sourceIdentity: String?
    /// The service that the session was made for, as for a node; nil for one that somebody assumed.
    ///
    /// A caller of AssumeRole chooses the session's name, so that a name alone proves nothing.
    package let service: String?

    package init(
        roleARN: ARN,
        roleID: String,
        roleName: String,
        sessionName: String,
        sessionPolicies: [String] = [],
        sessionPolicyARNs: [ARN] = [],
        tags: [String: String] = [:],
        transitiveTagKeys: [String] = [],
        sourceIdentity: String? = nil,
        service: String? = nil
    ) {
        self.roleARN = roleARN
        self.roleID = roleID
        self.roleName = roleName
        self.sessionName = sessionName
        self.sessionPolicies = sessionPolicies
        self.sessionPolicyARNs = sessionPolicyARNs
        self.tags = tags
        self.transitiveTagKeys = transitiveTagKeys
        self.sourceIdentity = sourceIdentity
        self.service = service
    }

    /// The role's own tags with the session's over them; keys are the same in capitals and small letters.
    package func tagsOver(_ own: [String: String]) -> [String: String] {
        let keys = Set(tags.keys.map { $0.lowercased() })
        return own.filter { !keys.contains($0.key.lowercased()) }.merging(tags) { $1 }
    }

    /// The form is `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
    package var sessionARN: ARN {
        ARN(
            partition: roleARN.partition,
            service: "sts",
            region: "",
            account: roleARN.account,
            resource: "assumed-role/\(roleName)/\(sessionName)"
        )
    }
}

extension Principal {
    /// The ARN that AWS's messages and audit records name this principal by.
    package var arn: ARN? {
        switch self {
        case .user(let arn, _, _): arn
        case .assumedRole(let session): session.sessionARN
        case .service, .node, .anonymous: nil
        }
    }

    /// `aws:userid`: the unique id, with the session's name for a role.
    package var userID: String? {
        switch self {
        case .user(_, let userID, _): userID
        case .assumedRole(let session): "\(session.roleID):\(session.sessionName)"
        case .service, .node, .anonymous: nil
        }
    }

    /// How a message for the caller names this principal.
    package var displayName: String {
        switch self {
        case .user, .assumedRole: arn?.description ?? ""
        case .service(let name): name
        case .node(let id): id.description
        case .anonymous: "anonymous"
        }
    }

    /// The name that a session id begins with: the user's, or that of the role's session.
    package var sessionOwnerName: String? {
        switch self {
        case .user(_, _, let name): name
        case .assumedRole(let session): session.sessionName
        case .service, .node, .anonymous: nil
        }
    }
}
