import FoundationEssentials
import ServiceKit
import Vocabulary

/// The condition keys that every request has, computed when a policy asks for one.
///
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
struct GlobalConditionKeys: Sendable {
    let context: OperationContext
    let principalTags: [String: String]
    let now: Date

    /// The values of a key in lower case: none if the request does not have it; nil if it is not one of these.
    ///
    /// "None" is an answer too, so that a service's value never stands in for a global key.
    @Sendable func values(of key: String) -> [String]? {
        if key.hasPrefix("aws:principaltag/") {
            let name = key.dropFirst("aws:principaltag/".utf8.count)
            return list(principalTags.first { $0.key.lowercased() == name }?.value)
        }
        return switch key {
        case "aws:username": list(userName)
        case "aws:userid": list(context.principal.userID)
        case "aws:principalarn": list(principalARN)
        case "aws:principalaccount": list(context.principal.arn?.account)
        case "aws:principaltype": list(principalType)
        case "aws:principalisawsservice": list(isService ? "true" : "false")
        case "aws:principalservicename": list(isService ? context.principal.displayName : nil)
        case "aws:sourceip": list(context.sourceAddress)
        case "aws:securetransport": list(context.isSecureTransport ? "true" : "false")
        case "aws:currenttime": list(now.formatted(.iso8601))
        case "aws:epochtime": list(String(Int(now.timeIntervalSince1970)))
        case "aws:requestedregion": list(context.scope.region.description)
        case "aws:useragent": list(context.userAgent)
        case "aws:sourceidentity": list(sourceIdentity)
        default: nil
        }
    }

    private func list(_ value: String?) -> [String] { value.map { [$0] } ?? [] }

    private var isService: Bool {
        if case .service = context.principal { true } else { false }
    }

    /// Of users only: a role's session has none.
    private var userName: String? {
        if case .user(_, _, let name) = context.principal { name } else { nil }
    }

    /// Of a session it is the role, so that one policy serves all sessions.
    private var principalARN: String? {
        switch context.principal {
        case .user(let arn, _, _): arn.description
        case .assumedRole(let session): session.roleARN.description
        case .service, .node, .anonymous: nil
        }
    }

    private var principalType: String? {
        switch context.principal {
        case .user: "User"
        case .assumedRole: "AssumedRole"
        case .anonymous: "Anonymous"
        case .service, .node: nil
        }
    }

    private var sourceIdentity: String? {
        if case .assumedRole(let session) = context.principal {
            session.sourceIdentity
        } else {
            nil
        }
    }
}
