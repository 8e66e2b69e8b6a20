extension PolicyReader {
    private static let elements = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
        "NotResource", "Condition",
    ]

    func statement(
        _ json: PolicyJSON,
        at index: Int,
        hasVariables: Bool
    ) throws(PolicyFlaw) -> Statement {
        guard case .object(let members) = json.value else {
            throw PolicyFlaw(reason: .notObject("a statement"), offset: json.offset)
        }
        if let unknown = members.first(where: { !Self.elements.contains($0.name) }) {
            throw PolicyFlaw(reason: .unknownElement(unknown.name), offset: unknown.offset)
        }
        let sid = try sid(members["Sid"])
        let effect = try effect(members["Effect"], in: json)
        let principal = try principal(members, effect: effect, in: json)
        let actions = try actions(members, in: json)
        let resources = try resources(members, hasVariables: hasVariables, in: json)
        var conditions: [Condition] = []
        if let member = members["Condition"] {
            conditions = try self.conditions(member, hasVariables: hasVariables)
        }
        return Statement(
            index: index,
            sid: sid,
            effect: effect,
            principal: principal,
            actions: actions,
            resources: resources,
            conditions: conditions
        )
    }

    private func sid(_ member: PolicyJSON.Member?) throws(PolicyFlaw) -> String? {
        guard let member else { return nil }
        let sid = try string(member)
        let isAlphanumeric = sid.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
        // Key policies may have sentences for ids: "Enable IAM User Permissions" is AWS's own.
        guard isAlphanumeric || kind == .key else {
            throw PolicyFlaw(reason: .badSid(sid), offset: member.value.offset)
        }
        return sid
    }

    private func effect(
        _ member: PolicyJSON.Member?,
        in statement: PolicyJSON
    ) throws(PolicyFlaw) -> Statement.Effect {
        guard let member else {
            throw PolicyFlaw(reason: .missingEffect, offset: statement.offset)
        }
        let text = try string(member)
        switch text {
        case "Allow": return .allow
        case "Deny": return .deny
        default: throw PolicyFlaw(reason: .badEffect(text), offset: member.value.offset)
        }
    }

    /// One of an element and its negation, whichever is there; both are refused.
    private func either(
        _ name: String,
        _ members: [PolicyJSON.Member]
    ) throws(PolicyFlaw) -> (member: PolicyJSON.Member, isNegated: Bool)? {
        switch (members[name], members["Not" + name]) {
        case (nil, nil): return nil
        case (let member?, nil): return (member, false)
        case (nil, let member?): return (member, true)
        case (_, let second?):
            throw PolicyFlaw(reason: .bothOf(name, "Not" + name), offset: second.offset)
        }
    }

    private func principal(
        _ members: [PolicyJSON.Member],
        effect: Statement.Effect,
        in statement: PolicyJSON
    ) throws(PolicyFlaw) -> PrincipalClause? {
        guard let (member, isNegated) = try either("Principal", members) else {
            if kind == .identity { return nil }
            throw PolicyFlaw(reason: .missingPrincipal, offset: statement.offset)
        }
        if kind == .identity {
            throw PolicyFlaw(reason: .unexpectedPrincipal, offset: member.offset)
        }
        if isNegated, kind == .trust {
            throw PolicyFlaw(reason: .notPrincipalInTrustPolicy, offset: member.offset)
        }
        if isNegated, effect == .allow {
            throw PolicyFlaw(reason: .notPrincipalNeedsDeny, offset: member.offset)
        }
        return PrincipalClause(entries: try entries(member), isNegated: isNegated)
    }

    private func entries(_ member: PolicyJSON.Member) throws(PolicyFlaw) -> [PrincipalEntry] {
        switch member.value.value {
        case .string("*"):
            return [.everyone]
        case .string(let text):
            throw PolicyFlaw(
                reason: .badPrincipal(type: "AWS", value: text),
                offset: member.value.offset
            )
        case .object(let types):
            var entries: [PrincipalEntry] = []
            for type in types {
                for (text, offset) in try strings(type) {
                    entries.append(try entry(text, type: type, offset: offset))
                }
            }
            guard !entries.isEmpty else {
                throw PolicyFlaw(reason: .missingPrincipal, offset: member.value.offset)
            }
            return entries
        default:
            throw PolicyFlaw(
                reason: .wrongType(element: member.name, expected: "\"*\" or an object"),
                offset: member.value.offset
            )
        }
    }

    private func entry(
        _ text: String,
        type: PolicyJSON.Member,
        offset: Int
    ) throws(PolicyFlaw) -> PrincipalEntry {
        switch type.name {
        case "AWS":
            guard let entry = PrincipalEntry(aws: text) else {
                throw PolicyFlaw(reason: .badPrincipal(type: "AWS", value: text), offset: offset)
            }
            return entry
        case "Service":
            // Some name of a service: letters, digits, dots and hyphens, with a dot in it.
            let isName = text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            }
            guard isName, text.contains(".") else {
                throw PolicyFlaw(
                    reason: .badPrincipal(type: "SERVICE", value: text),
                    offset: offset
                )
            }
            return .service(text)
        case "Federated":
            guard !text.isEmpty else {
                throw PolicyFlaw(
                    reason: .badPrincipal(type: "FEDERATED", value: text),
                    offset: offset
                )
            }
            return .federated(text)
        default:
            throw PolicyFlaw(
                reason: .badPrincipal(type: type.name, value: text),
                offset: type.offset
            )
        }
    }

    private func actions(
        _ members: [PolicyJSON.Member],
        in statement: PolicyJSON
    ) throws(PolicyFlaw) -> (patterns: [Pattern], areNegated: Bool) {
        guard let (member, isNegated) = try either("Action", members) else {
            throw PolicyFlaw(reason: .missingAction, offset: statement.offset)
        }
        var actions: [Pattern] = []
        for (text, offset) in try strings(member) {
            guard Self.isAction(text) else {
                throw PolicyFlaw(reason: .badAction(text), offset: offset)
            }
            let lowercased = text.lowercased()
            if kind == .trust, lowercased != "*", !lowercased.hasPrefix("sts:") {
                throw PolicyFlaw(reason: .notSTSAction(text), offset: offset)
            }
            actions.append(
                Pattern(
                    lowercased.utf8.map { byte in
                        switch byte {
                        case UInt8(ascii: "*"): Pattern.anyRun
                        case UInt8(ascii: "?"): Pattern.anyOne
                        default: Pattern.Token(byte)
                        }
                    }
                )
            )
        }
        guard !actions.isEmpty else {
            throw PolicyFlaw(reason: .missingAction, offset: member.value.offset)
        }
        return (actions, isNegated)
    }

    /// `*`, or a service's prefix, a colon, and letters and wildcards.
    private static func isAction(_ text: String) -> Bool {
        if text == "*" || text == "*:*" { return true }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
        let isVendor = parts[0].utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        return isVendor
            && parts[1].utf8.allSatisfy { byte in
                isLetterOrDigit(byte) || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private func resources(
        _ members: [PolicyJSON.Member],
        hasVariables: Bool,
        in statement: PolicyJSON
    ) throws(PolicyFlaw) -> (templates: [Template]?, areNegated: Bool) {
        guard let (member, isNegated) = try either("Resource", members) else {
            if kind == .trust { return (nil, false) }
            throw PolicyFlaw(reason: .missingResource, offset: statement.offset)
        }
        if kind == .trust {
            throw PolicyFlaw(reason: .unexpectedResource, offset: member.offset)
        }
        var resources: [Template] = []
        for (text, offset) in try strings(member) {
            guard text == "*" || text.hasPrefix("arn:") else {
                throw PolicyFlaw(reason: .badResource(text), offset: offset)
            }
            do {
                resources.append(
                    try Template(text, style: .resource, hasVariables: hasVariables)
                )
            } catch {
                throw PolicyFlaw(reason: .badVariable(text), offset: offset)
            }
        }
        guard !resources.isEmpty else {
            throw PolicyFlaw(reason: .missingResource, offset: member.value.offset)
        }
        return (resources, isNegated)
    }
}
