import ServiceKit

/// Lists the names of the inline policies of a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
struct ListRolePolicies: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, marker, maxItems }

    let roleName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> PolicyNamePage {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        check.page(marker, maxItems)
        try check.done()
        let role = try await iam.readHolder(
            name,
            RoleRecord.self,
            for: "iam:ListRolePolicies",
            in: context
        )
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name])
        let names = Array(role.inline.keys)
        return PolicyNamePage(try iam.page(of: names, request, in: context) { $0 })
    }
}
