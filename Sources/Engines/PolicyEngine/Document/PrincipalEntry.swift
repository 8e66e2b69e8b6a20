package import Vocabulary

/// Who makes a request, as policies can name them.
package enum PolicyPrincipal: Hashable, Sendable {
    /// An IAM user: `arn:aws:iam::ACCOUNT:user/NAME` and `AIDA…`.
    case user(arn: ARN, id: String)
    /// A session of a role: the session's ARN, the role's, and `AROA…`.
    case roleSession(arn: ARN, role: ARN, roleID: String)
    /// A service on its own account: `logs.us-east-1.amazonaws.com`.
    case service(String)
    /// Somebody whom no policy can name, but `*`.
    case anonymous

    /// The account that the principal belongs to; services and strangers have none.
    package var account: String? {
        switch self {
        case .user(let arn, _): arn.account
        case .roleSession(_, let role, _): role.account
        case .service, .anonymous: nil
        }
    }
}

/// One entry of a `Principal` element.
///
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
enum PrincipalEntry: Equatable, Sendable {
    /// `*`
    case everyone
    /// `123456789012` or `arn:aws:iam::123456789012:root`: whom the account's own policies let.
    case account(String)
    /// A user of another account, by ARN; those of our own are held by id.
    case user(String)
    /// A role, by ARN: every session of it.
    case role(String)
    /// One session of a role, by ARN.
    case roleSession(String)
    /// The unique id of a user or role (`AIDA…`, `AROA…`).
    case uniqueID(String)
    /// One session of a role, by the role's id and the session's name: `AROA…:NAME`.
    case sessionOfID(String, name: String)
    /// A service's name.
    case service(String)
    /// An identity provider. Parsed, and never matched: nobody signs in through one here.
    case federated(String)

    /// How directly an entry names a principal; the more directly, the fewer other policies limit it.
    enum Directness: Int, Comparable {
        /// Its account: the account's identity policies decide.
        case account
        /// The role it is a session of: boundary and session policy still limit it.
        case role
        /// Itself: nothing but an explicit deny limits it.
        case itself

        static func < (left: Directness, right: Directness) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// How directly this entry names the principal; nil if it does not.
    ///
    /// Everyone (`*`) names a user itself, and a session as its role: the documentation has a role limited by
    /// boundary and session policy unless its session is named by ARN.
    func names(_ principal: PolicyPrincipal) -> Directness? {
        switch (self, principal) {
        case (.everyone, .roleSession): .role
        case (.everyone, _): .itself
        case (.account(let account), _): principal.account == account ? .account : nil
        case (.user(let arn), .user(let own, _)): own.isWritten(arn) ? .itself : nil
        case (.uniqueID(let id), .user(_, let own)): id == own ? .itself : nil
        case (.role(let arn), .roleSession(_, let role, _)): role.isWritten(arn) ? .role : nil
        case (.uniqueID(let id), .roleSession(_, _, let own)): id == own ? .role : nil
        case (.roleSession(let arn), .roleSession(let own, _, _)):
            own.isWritten(arn) ? .itself : nil
        case (.sessionOfID(let id, let name), .roleSession(let own, _, let ownID)):
            id == ownID && own.lastComponent == name ? .itself : nil
        case (.service(let name), .service(let own)): name == own ? .itself : nil
        default: nil
        }
    }

    /// Reads an entry under `AWS`; nil if it is of no form that names somebody.
    init?(aws text: String) {
        if text == "*" {
            self = .everyone
        } else if (try? AccountID(parsing: text)) != nil {
            self = .account(text)
        } else if let arn = try? ARN(parsing: text) {
            guard (try? AccountID(parsing: arn.account)) != nil, arn.region.isEmpty else {
                return nil
            }
            let kind = arn.resource.split(separator: "/", maxSplits: 1).first
            switch (arn.service, kind) {
            case ("iam", "root") where arn.resource == "root": self = .account(arn.account)
            case ("iam", "user"): self = .user(text)
            case ("iam", "role"): self = .role(text)
            case ("sts", "assumed-role"): self = .roleSession(text)
            default: return nil
            }
            guard !text.contains("*"), !text.contains("?"), !text.hasSuffix("/") else {
                return nil
            }
        } else if Self.isUniqueID(text) {
            self = .uniqueID(text)
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].hasPrefix("AROA"), Self.isUniqueID(parts[0]),
                Self.isSessionName(parts[1])
            else { return nil }
            self = .sessionOfID(String(parts[0]), name: String(parts[1]))
        }
    }

    /// What AssumeRole takes for a name: letters, digits and `_+=,.@-`.
    private static func isSessionName(_ text: Substring) -> Bool {
        (2...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "_+=,.@-".utf8.contains(byte)
                }
            }
    }

    private static func isUniqueID(_ text: some StringProtocol) -> Bool {
        (16...128).contains(text.utf8.count) && (text.hasPrefix("AIDA") || text.hasPrefix("AROA"))
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
            }
    }
}

extension ARN {
    /// What follows the last slash; of a session's ARN its name.
    fileprivate var lastComponent: Substring {
        guard let slash = resource.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return resource[...]
        }
        return resource[resource.utf8.index(after: slash)...]
    }

    /// Whether this is its text.
    ///
    /// Compared without writing it out: this is asked on every request.
    fileprivate func isWritten(_ text: String) -> Bool {
        text.hasSuffix(resource) && text == description
    }
}

/// `Principal` or `NotPrincipal` of a statement.
struct PrincipalClause: Sendable {
    let entries: [PrincipalEntry]
    let isNegated: Bool

    /// How directly the statement applies to the principal; nil if it does not.
    ///
    /// `NotPrincipal` stands only in denials. It leaves out those whom it names in every way there is: a user
    /// and its account, a session and its role and its account, as the documentation asks one to write.
    func applies(to principal: PolicyPrincipal) -> PrincipalEntry.Directness? {
        let named = entries.compactMap { $0.names(principal) }
        guard isNegated else { return named.max() }
        if entries.contains(.everyone) { return nil }
        let needed: [PrincipalEntry.Directness] =
            switch principal {
            case .user: [.itself, .account]
            case .roleSession: [.itself, .role, .account]
            case .service, .anonymous: [.itself]
            }
        return needed.allSatisfy(named.contains) ? nil : .itself
    }
}
