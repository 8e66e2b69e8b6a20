/// A page of tags.
struct TagPage: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case tags, isTruncated, marker }

    let tags: [Tag]
    let isTruncated: Bool
    let marker: String?

    init(_ page: Page<Tag>) {
        tags = page.items
        isTruncated = page.isTruncated
        marker = page.marker
    }
}

/// A managed policy as the lists of what is attached show it.
struct AttachedPolicy: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case policyName, policyArn }

    let policyName: String
    let policyArn: String

    init(arn: String) {
        policyArn = arn
        policyName = arn.split(separator: "/").last.map(String.init) ?? arn
    }

    /// What stands between `policy` and the name: `/`, or `/division/`.
    var path: String {
        guard let start = policyArn.firstIndex(of: "/"), let end = policyArn.lastIndex(of: "/")
        else { return "/" }
        return String(policyArn[start...end])
    }
}

/// A page of attached policies.
struct AttachedPolicyPage: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case attachedPolicies, isTruncated, marker }

    let attachedPolicies: [AttachedPolicy]
    let isTruncated: Bool
    let marker: String?

    init(_ page: Page<AttachedPolicy>) {
        attachedPolicies = page.items
        isTruncated = page.isTruncated
        marker = page.marker
    }
}

/// A page of names of inline policies.
struct PolicyNamePage: Encodable, Sendable {
    enum CodingKeys: String, MemberName { case policyNames, isTruncated, marker }

    let policyNames: [String]
    let isTruncated: Bool
    let marker: String?

    init(_ page: Page<String>) {
        policyNames = page.items
        isTruncated = page.isTruncated
        marker = page.marker
    }
}
