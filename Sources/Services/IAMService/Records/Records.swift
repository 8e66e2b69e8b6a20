import FoundationEssentials
import Storage
import Vocabulary

/// A tag, as it is stored and as it is sent.
struct Tag: Codable, Equatable, Sendable {
    enum CodingKeys: String, MemberName { case key, value }

    var key: String
    var value: String
}

/// Users and roles: what policies can be attached to.
enum HolderKind: String, Codable, Sendable, CaseIterable {
    case user, role

    /// The letters that unique ids begin with.
    var idPrefix: String {
        switch self {
        case .user: "AIDA"
        case .role: "AROA"
        }
    }

    /// The word in names of actions and members: `AttachUserPolicy`.
    var capitalized: String {
        switch self {
        case .user: "User"
        case .role: "Role"
        }
    }

    var attachedPolicies: Int {
        switch self {
        case .user: Limits.attachedPoliciesPerUser
        case .role: Limits.attachedPoliciesPerRole
        }
    }

    var inlineCharacters: Int {
        switch self {
        case .user: Limits.userInlineCharacters
        case .role: Limits.roleInlineCharacters
        }
    }
}

/// What a user and a role have in common.
protocol PolicyHolder: Codable, Sendable {
    static var kind: HolderKind { get }

    var name: String { get set }
    var path: String { get set }
    var arn: String { get set }
    var id: String { get }
    var created: Date { get }
    var tags: [Tag] { get set }
    /// The ARN of the managed policy that is its permissions boundary.
    var boundary: String? { get set }
    /// ARNs of managed policies, in the order they were attached.
    var attached: [String] { get set }
    /// Documents of inline policies by name.
    var inline: [String: String] { get set }
}

struct UserRecord: PolicyHolder {
    static let kind = HolderKind.user

    var name: String
    var path: String
    var arn: String
    let id: String
    let created: Date
    var tags: [Tag]
    var boundary: String?
    var attached: [String] = []
    var inline: [String: String] = [:]
    /// Ids of its access keys, oldest first.
    var accessKeys: [String] = []
}

struct RoleRecord: PolicyHolder {
    static let kind = HolderKind.role

    var name: String
    var path: String
    var arn: String
    let id: String
    let created: Date
    var tags: [Tag]
    var boundary: String?
    var attached: [String] = []
    var inline: [String: String] = [:]
    var description: String?
    var maxSessionDuration: Int
    /// With unique ids in place of ARNs; one that was stored before ids were kept has ARNs still.
    var trustPolicy: String
    /// Names of the instance profiles that hold it.
    var instanceProfiles: [String] = []
}

struct AccessKeyRecord: Codable, Sendable {
    enum Status: String, Codable, Sendable {
        case active = "Active"
        case inactive = "Inactive"
    }

    let id: String
    let account: String
    let userID: String
    var userName: String
    /// Plain here; the record store seals every record.
    let secret: String
    var status: Status
    let created: Date
}

struct PolicyRecord: Codable, Sendable {
    struct Version: Codable, Sendable {
        let number: Int
        let created: Date
    }

    let name: String
    let path: String
    let arn: String
    let id: String
    let description: String?
    let created: Date
    var updated: Date
    var versions: [Version]
    var defaultVersion: Int
    var nextVersion: Int
    var tags: [Tag]
}

/// Where a managed policy is used, counted; changed with each attachment, so that deleting a policy and
/// attaching it exclude each other.
struct PolicyUse: Codable, Sendable {
    var attachments = 0
    var boundaries = 0

    var isUnused: Bool { attachments == 0 && boundaries == 0 }
}

/// One use of a managed policy.
struct PolicyUser: Codable, Sendable {
    let kind: HolderKind
    let name: String
    let id: String
    let path: String
}

struct InstanceProfileRecord: Codable, Sendable {
    let name: String
    let path: String
    let arn: String
    let id: String
    let created: Date
    var tags: [Tag]
    /// At most one, AWS says.
    var role: String?
}

/// How many there are of what has a quota.
struct AccountCounts: Codable, Sendable {
    var users = 0
    var roles = 0
    var policies = 0
    var instanceProfiles = 0
}

/// When and for what an access key or role was used last.
struct LastUse: Codable, Equatable, Sendable {
    let date: Date
    let service: String
    let region: String
}
