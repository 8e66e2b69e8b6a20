import ServiceKit

/// What principals without policies of their own may do to resources without a policy of theirs.
///
/// Service principals are decided by the policy of the resource alone, so none is here. A node that signs with its key pair may ask for its role's credentials and say that it is
/// there, as on AWS; it needs its role for everything else.
enum StandingGrants {
    private static let node: Set<String> = [
        "ssm:requestmanagedinstanceroletoken", "ssm:updatemanagedinstancepublickey",
        "ssm:updateinstanceinformation",
    ]

    static func allow(_ principal: Principal, _ action: String) -> Bool {
        switch principal {
        case .node: node.contains(action.lowercased())
        case .service, .user, .assumedRole, .anonymous: false
        }
    }
}
