import ServiceKit
import Storage

/// Lists roles in the order of their names.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
struct ListRoles: IAMOperation {
    enum CodingKeys: String, MemberName { case pathPrefix, marker, maxItems }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case roles, isTruncated, marker }

        let roles: [RoleShape]
        let isTruncated: Bool
        let marker: String?
    }

    let pathPrefix: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let prefix = check.pathPrefix(pathPrefix)
        check.page(marker, maxItems)
        try check.done()
        try await iam.require("iam:ListRoles", on: context.iamARN("role\(prefix)"), in: context)
        let page: Page<RoleRecord> = try await iam.page(
            below: context.keys.holders(.role),
            PageRequest(marker: marker, maxItems: maxItems, parameters: [prefix]),
            in: context
        ) { $0.path.hasPrefix(prefix) }
        var roles: [RoleShape] = []
        for role in page.items {
            roles.append(try await iam.shape(role, extent: .listed, in: context))
        }
        return Output(
            roles: roles,
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }
}
