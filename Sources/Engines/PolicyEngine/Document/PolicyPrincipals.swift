package import Vocabulary

/// A user, a role or a session of a role, as the text of a policy names it.
package enum PrincipalName: Hashable, Sendable {
    case user(ARN)
    case role(ARN)
    case session(ARN)
    /// The unique id of a user or role (`AIDA…`, `AROA…`).
    case uniqueID(String)
    /// A session by its role's id and its own name: `AROA…:NAME`.
    case sessionOfID(String, name: String)

    /// Nil if the text names nobody, or more than one: an account, everybody.
    init?(_ text: String) {
        switch PrincipalEntry(aws: text) {
        case .user:
            guard let arn = try? ARN(parsing: text) else { return nil }
            self = .user(arn)
        case .role:
            guard let arn = try? ARN(parsing: text) else { return nil }
            self = .role(arn)
        case .roleSession:
            guard let arn = try? ARN(parsing: text) else { return nil }
            self = .session(arn)
        case .uniqueID(let id): self = .uniqueID(id)
        case .sessionOfID(let id, let name): self = .sessionOfID(id, name: name)
        case .everyone, .account, .service, .federated, nil: return nil
        }
    }

    /// As it stands in a policy.
    package var text: String {
        switch self {
        case .user(let arn), .role(let arn), .session(let arn): arn.description
        case .uniqueID(let id): id
        case .sessionOfID(let id, let name): "\(id):\(name)"
        }
    }

    /// Whether a policy that has its text names the same one.
    ///
    /// The parts of a name come from more than one place, and not all of them may stand in a policy: the path of
    /// a user may have a `*`, and an ARN any text for the name of a session.
    package var isExpressible: Bool { Self(text) == self }
}

/// The principals that the text of a policy names one by one, and the places where it does.
///
/// A policy is kept with the unique ids of its principals and shown with their ARNs. Only their names are
/// exchanged: white space, order and everything else stay as the author wrote them.
package struct PolicyPrincipals: Sendable {
    private let text: [UInt8]
    private let mentions: [(name: PrincipalName, place: Range<Int>)]

    /// Finds the principals; nil if the text is not JSON.
    package init?(of policy: String) {
        guard let root = try? PolicyJSONReader.read(policy) else { return nil }
        text = Array(policy.utf8)
        mentions = Self.mentions(in: root)
    }

    package var names: Set<PrincipalName> { Set(mentions.map(\.name)) }

    /// The text with other names for some of its principals.
    package func renaming(_ names: [PrincipalName: PrincipalName]) -> String {
        var renamed: [UInt8] = []
        var copied = 0
        for mention in mentions {
            guard let name = names[mention.name] else { continue }
            renamed += text[copied..<mention.place.lowerBound]
            renamed += Self.literal(name.text)
            copied = mention.place.upperBound
        }
        renamed += text[copied...]
        return String(decoding: renamed, as: UTF8.self)
    }

    private static func mentions(
        in root: PolicyJSON
    ) -> [(name: PrincipalName, place: Range<Int>)] {
        var mentions: [(name: PrincipalName, place: Range<Int>)] = []
        for statement in root.members["Statement"]?.value.elements ?? [] {
            for clause in statement.members
            where clause.name == "Principal" || clause.name == "NotPrincipal" {
                for element in clause.value.members["AWS"]?.value.elements ?? [] {
                    guard case .string(let text) = element.value, let name = PrincipalName(text)
                    else { continue }
                    mentions.append((name, element.offset..<element.end))
                }
            }
        }
        return mentions
    }

    /// A JSON string, with escapes for what cannot stand in one as it is.
    private static func literal(_ text: String) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        let backslash = UInt8(ascii: "\\")
        let digits = Array("0123456789abcdef".utf8)
        let inner = text.utf8.flatMap { byte in
            switch byte {
            case quote, backslash: [backslash, byte]
            case 0..<0x20: Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: [byte]
            }
        }
        return [quote] + inner + [quote]
    }
}

extension PolicyJSON {
    /// The members of an object; none if it is something else.
    fileprivate var members: [Member] {
        if case .object(let members) = value { members } else { [] }
    }
}
