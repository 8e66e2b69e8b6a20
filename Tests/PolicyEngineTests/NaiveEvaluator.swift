/// A second opinion: policies as plain values, and what they mean written down as short as it goes.
///
/// Nothing here is compiled, cached or fast, and nothing is shared with the engine; what is "allowed" is the
/// one formula in `decide`.
struct NaiveStatement {
    var allows: Bool
    /// Of resource policies: texts under `AWS`.
    var principals: [String] = []
    var notPrincipal = false
    var actions: [String]
    var notAction = false
    var resources: [String]
    var notResource = false
    var conditions: [(name: String, key: String, values: [String])] = []
}

struct NaiveRequest {
    var action: String
    var resource: String
    var values: [String: [String]]
    /// The texts by which a resource's policy can name the caller.
    var itself: [String]
    var role: [String]
    var account: String
}

struct NaiveStack {
    var identity: [[NaiveStatement]]
    var boundary: [NaiveStatement]?
    var session: [[NaiveStatement]]?
    var resource: [NaiveStatement]?
    var resourceAccount: String

    enum Answer: Equatable { case allowed, explicitlyDenied, implicitlyDenied }

    func decide(_ request: NaiveRequest) -> Answer {
        let others = (identity + (session ?? []) + [boundary ?? []]).flatMap { $0 }
        let denials =
            others.filter { !$0.allows && $0.covers(request) }
            + (resource ?? []).filter {
                !$0.allows && $0.covers(request) && $0.deniesTo(request)
            }
        if !denials.isEmpty { return .explicitlyDenied }

        let identityAllows = identity.joined().contains { $0.allows && $0.covers(request) }
        let boundaryAllows = boundary?.contains { $0.allows && $0.covers(request) } ?? true
        let sessionAllows = session?.joined().contains { $0.allows && $0.covers(request) } ?? true
        let grants = (resource ?? []).filter { $0.allows && $0.covers(request) }
            .flatMap(\.principals)
        let toItself = grants.contains {
            request.itself.contains($0) || $0 == "*" && request.role.isEmpty
        }
        let toRole = grants.contains {
            request.role.contains($0) || $0 == "*" && !request.role.isEmpty
        }
        let toAccount = grants.contains { $0.namesAccount(request.account) }
        let everything = identityAllows && boundaryAllows && sessionAllows

        let isAllowed =
            if resource == nil {
                everything
            } else if resourceAccount != request.account {
                (toItself || toRole || toAccount) && everything
            } else {
                toItself || toRole && boundaryAllows && sessionAllows || toAccount && everything
            }
        return isAllowed ? .allowed : .implicitlyDenied
    }
}

extension NaiveStatement {
    func covers(_ request: NaiveRequest) -> Bool {
        let action = request.action.lowercased()
        let actionFits = actions.contains { naiveGlob($0.lowercased(), action) } != notAction
        let resourceFits =
            resources.contains { pattern in
                naiveFill(pattern, request.values).map { naiveResource($0, request.resource) }
                    ?? false
            } != notResource
        return actionFits && resourceFits
            && conditions.allSatisfy { naiveCondition($0.name, $0.key, $0.values, request.values) }
    }

    func deniesTo(_ request: NaiveRequest) -> Bool {
        func named(_ texts: [String]) -> Bool { principals.contains(where: texts.contains) }
        let isEveryone = principals.contains("*")
        let namesAccount = principals.contains { $0.namesAccount(request.account) }
        guard notPrincipal else {
            return isEveryone || named(request.itself) || named(request.role) || namesAccount
        }
        let isLeftOut =
            named(request.itself) && namesAccount && (request.role.isEmpty || named(request.role))
        return !isEveryone && !isLeftOut
    }
}

extension String {
    fileprivate func namesAccount(_ account: String) -> Bool {
        self == account || self == "arn:aws:iam::\(account):root"
    }
}

/// A wildcard in front is either nothing, or one character and the same wildcard again.
func naiveGlob(_ pattern: some StringProtocol, _ text: some StringProtocol) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if first == "*" {
        return naiveGlob(rest, text) || !text.isEmpty && naiveGlob(pattern, text.dropFirst())
    }
    guard let letter = text.first else { return false }
    // A value's own wildcards were made into letters that no pattern has.
    return (first == "?" || first == letter || first == naiveLetter(letter))
        && naiveGlob(rest, text.dropFirst())
}

/// What stands for a wildcard that is meant as a letter.
func naiveLetter(_ letter: Character) -> Character {
    letter == "*" ? "★" : letter == "?" ? "¿" : letter
}

/// A `*` within one of the first five segments does not cross a colon, and `?` is none.
func naiveResource(_ pattern: String, _ text: String, colons: Int = 0) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = String(pattern.dropFirst())
    let stays = colons < 5
    if first == "*" {
        let isAtEnd = rest.isEmpty || rest.first == ":"
        if naiveResource(rest, text, colons: colons) { return true }
        guard let letter = text.first, !stays || isAtEnd || letter != ":" else { return false }
        return naiveResource(pattern, String(text.dropFirst()), colons: colons)
    }
    guard let letter = text.first else { return false }
    let fits = first == "?" ? !(stays && letter == ":") : first == naiveLetter(letter)
    let next = first == ":" ? colons + 1 : colons
    return fits && naiveResource(rest, String(text.dropFirst()), colons: next)
}

/// The one variable that random policies use; nil when the request does not have one value for it.
func naiveFill(_ text: String, _ values: [String: [String]]) -> String? {
    let variable = "${aws:username}"
    var parts: [String] = [""]
    var rest = Substring(text)
    while let letter = rest.first {
        if rest.hasPrefix(variable) {
            parts.append("")
            rest = rest.dropFirst(variable.count)
        } else {
            parts[parts.count - 1].append(letter)
            rest = rest.dropFirst()
        }
    }
    if parts.count == 1 { return text }
    guard let filled = values["aws:username"], filled.count == 1 else { return nil }
    return parts.joined(separator: String(filled[0].map(naiveLetter)))
}

func naiveCondition(
    _ name: String,
    _ key: String,
    _ operands: [String],
    _ request: [String: [String]]
) -> Bool {
    let values = request[key] ?? []
    if name == "Null" { return operands.contains(values.isEmpty ? "true" : "false") }
    let (quantifier, rest) =
        name.hasPrefix("ForAllValues:")
        ? ("all", String(name.dropFirst(13)))
        : name.hasPrefix("ForAnyValue:") ? ("any", String(name.dropFirst(12))) : ("", name)
    let ifExists = rest.hasSuffix("IfExists")
    let plain = ifExists ? String(rest.dropLast(8)) : rest
    let isNegated = plain.hasPrefix("StringNot") || plain == "NumericNotEquals"
    if values.isEmpty {
        return ifExists || (quantifier.isEmpty ? isNegated : quantifier == "all")
    }
    func isAmong(_ value: String) -> Bool {
        operands.contains { naiveCompare(plain, value, $0, request) }
    }
    switch quantifier {
    case "all": return values.allSatisfy { isAmong($0) != isNegated }
    case "any": return values.contains { isAmong($0) != isNegated }
    default: return values.contains(where: isAmong) != isNegated
    }
}

private func naiveCompare(
    _ name: String,
    _ value: String,
    _ operand: String,
    _ request: [String: [String]]
) -> Bool {
    switch name {
    case "StringEquals", "StringNotEquals":
        naiveFill(operand, request).map { $0 == String(value.map(naiveLetter)) || $0 == value }
            ?? false
    case "StringEqualsIgnoreCase": value.lowercased() == operand.lowercased()
    case "StringLike", "StringNotLike":
        naiveFill(operand, request).map { naiveGlob($0, value) } ?? false
    case "Bool": value.lowercased() == operand.lowercased()
    case "NumericEquals", "NumericNotEquals": Double(value) == Double(operand)
    case "NumericLessThan": (Double(value) ?? .infinity) < (Double(operand) ?? -.infinity)
    case "NumericGreaterThanEquals":
        (Double(value) ?? -.infinity) >= (Double(operand) ?? .infinity)
    default: false
    }
}
