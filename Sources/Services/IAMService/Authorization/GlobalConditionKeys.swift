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

    /// The values of a key in lower case; nil if it is none of these, or the request does not have it.
    @Sendable func values(of key: String) -> [String]? {
        if key.hasPrefix("aws:principaltag/") {
            let name = key.dropFirst("aws:principaltag/".utf8.count)
            return principalTags.first { $0.key.lowercased() == name }.map { [$0.value] }
        }
        return value(of: key).map { [$0] }
    }

    private func value(of key: String) -> String? {
        switch key {
        case "aws:username": userName
        case "aws:userid": context.principal.userID
        case "aws:principalarn": principalARN
        case "aws:principalaccount": context.principal.arn?.account
        case "aws:principaltype": principalType
        case "aws:principalisawsservice": isService ? "true" : "false"
        case "aws:principalservicename": isService ? context.principal.displayName : nil
        case "aws:sourceip": context.sourceAddress
        case "aws:securetransport": context.isSecureTransport ? "true" : "false"
        case "aws:currenttime": now.formatted(.iso8601)
        case "aws:epochtime": String(Int(now.timeIntervalSince1970))
        case "aws:requestedregion": context.scope.region.description
        case "aws:useragent": context.userAgent
        case "aws:sourceidentity": sourceIdentity
        default: nil
        }
    }

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
