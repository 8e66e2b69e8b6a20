import ServiceKit

/// Lists the tags of a role in the order of their keys.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html
struct ListRoleTags: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, marker, maxItems }

    let roleName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> TagPage {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        check.page(marker, maxItems)
        try check.done()
        let role = try await iam.readHolder(
            name,
            RoleRecord.self,
            for: "iam:ListRoleTags",
            in: context
        )
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name])
        return TagPage(try iam.page(of: role.tags, request, in: context, position: \.key))
    }
}
