import ServiceKit
import Vocabulary

struct ListGrantsInput: Decodable, Sendable {
    let limit: Int?
    let marker: String?
    let keyID: String?
    let grantID: String?
    let granteePrincipal: String?

    enum CodingKeys: String, CodingKey {
        case limit = "Limit"
        case marker = "Marker"
        case keyID = "KeyId"
        case grantID = "GrantId"
        case granteePrincipal = "GranteePrincipal"
    }
}

struct ListRetirableGrantsInput: Decodable, Sendable {
    let limit: Int?
    let marker: String?
    let retiringPrincipal: String?

    enum CodingKeys: String, CodingKey {
        case limit = "Limit"
        case marker = "Marker"
        case retiringPrincipal = "RetiringPrincipal"
    }
}

/// No grants, since none can be made.
struct ListGrantsOutput: Encodable, Sendable {
    let grants: [String] = []
    let isTruncated = false

    enum CodingKeys: String, CodingKey {
        case grants = "Grants"
        case isTruncated = "Truncated"
    }
}

extension ConstraintViolations {
    fileprivate mutating func principal(_ value: String?, _ member: String) {
        length(value, member, 1...Limits.kmsPrincipalLength)
        pattern(value, member, #"^[\w+=,.@:/-]+$"#) { principal in
            !principal.isEmpty
                && principal.utf8.allSatisfy {
                    switch $0 {
                    case 0x2B...0x3A, 0x3D, 0x40...0x5A, 0x5F, 0x61...0x7A: true
                    default: false
                    }
                }
        }
    }
}

extension KMSService {
    /// Lists the grants of a key: none.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html
    func listGrants(
        _ input: ListGrantsInput,
        in context: OperationContext
    ) async throws -> ListGrantsOutput {
        var violations = ConstraintViolations()
        violations.listing(limit: input.limit, marker: input.marker)
        violations.keyID(input.keyID)
        violations.length(input.grantID, "grantId", 1...Limits.kmsGrantIDLength)
        violations.principal(input.granteePrincipal, "granteePrincipal")
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        let (key, _) = try await key(input.keyID ?? "", .keyOnly, in: context)
        try await authorize("kms:ListGrants", on: key, in: context)
        try requireNoPage(input.marker)
        return ListGrantsOutput()
    }

    /// Lists the grants that somebody may retire: none.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListRetirableGrants.html
    func listRetirableGrants(
        _ input: ListRetirableGrantsInput,
        in context: OperationContext
    ) async throws -> ListGrantsOutput {
        var violations = ConstraintViolations()
        violations.listing(limit: input.limit, marker: input.marker)
        violations.required(input.retiringPrincipal, "retiringPrincipal")
        violations.principal(input.retiringPrincipal, "retiringPrincipal")
        try violations.check()
        context.audit.noted("retiringPrincipal", input.retiringPrincipal)
        try await authorize("kms:ListRetirableGrants", onResource: "*", in: context)
        try requireNoPage(input.marker)
        return ListGrantsOutput()
    }

    /// Refuses every marker: there is no second page of nothing.
    private func requireNoPage(_ marker: String?) throws {
        guard marker == nil else { throw KMSFault.invalidMarker }
    }
}
