import ServiceKit
import Storage
import Vocabulary

/// Lists the users and roles that a managed policy is attached to, or is the boundary of.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
struct ListEntitiesForPolicy: IAMOperation {
    enum CodingKeys: String, MemberName {
        case policyArn, entityFilter, pathPrefix, policyUsageFilter, marker, maxItems
    }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName {
            case policyGroups, policyUsers, policyRoles, isTruncated, marker
        }

        struct User: Encodable, Sendable {
            enum CodingKeys: String, MemberName { case userName, userId }

            let userName: String
            let userId: String
        }

        struct Role: Encodable, Sendable {
            enum CodingKeys: String, MemberName { case roleName, roleId }

            let roleName: String
            let roleId: String
        }

        /// Always empty: there are no groups.
        let policyGroups: [User] = []
        let policyUsers: [User]
        let policyRoles: [Role]
        let isTruncated: Bool
        let marker: String?
    }

    let policyArn: String?
    let entityFilter: String?
    let pathPrefix: String?
    let policyUsageFilter: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        check.oneOf(
            entityFilter,
            "entityFilter",
            ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]
        )
        check.oneOf(policyUsageFilter, "policyUsageFilter", PolicyUsage.allCases.map(\.rawValue))
        let prefix = check.pathPrefix(pathPrefix)
        check.page(marker, maxItems)
        try check.done()
        _ = try await iam.readPolicy(arn, for: "iam:ListEntitiesForPolicy", in: context)
        let request = PageRequest(
            marker: marker,
            maxItems: maxItems,
            parameters: [arn, entityFilter ?? "", prefix, policyUsageFilter ?? ""]
        )
        let entities = try await entities(arn, in: iam, context)
            .filter { $0.path.hasPrefix(prefix) }
            .filter { entityFilter == nil || entityFilter == $0.kind.capitalized }
        let page = try iam.page(of: entities, request, in: context) { "\($0.kind) \($0.name)" }
        return Output(
            policyUsers: page.items.filter { $0.kind == .user }
                .map { Output.User(userName: $0.name, userId: $0.id) },
            policyRoles: page.items.filter { $0.kind == .role }
                .map { Output.Role(roleName: $0.name, roleId: $0.id) },
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }

    /// Each entity once, also one that uses the policy in both ways.
    private func entities(
        _ arn: String,
        in iam: IAMService,
        _ context: OperationContext
    ) async throws -> [PolicyUser] {
        var found: [String: PolicyUser] = [:]
        for usage in PolicyUsage.allCases
        where policyUsageFilter == nil || policyUsageFilter == usage.rawValue {
            let users = try await iam.store.range(
                context.keys.policyUsers(arn, usage),
                as: PolicyUser.self,
                limit: Limits.iamUsers + Limits.iamRoles
            )
            for user in users { found[user.value.id] = user.value }
        }
        return Array(found.values)
    }
}
