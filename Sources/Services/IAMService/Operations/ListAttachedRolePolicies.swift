import ServiceKit

/// Lists the managed policies attached to a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
struct ListAttachedRolePolicies: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, pathPrefix, marker, maxItems }

    let roleName: String?
    let pathPrefix: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> AttachedPolicyPage {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let prefix = check.policyPath(pathPrefix, "pathPrefix")
        check.page(marker, maxItems)
        try check.done()
        let role = try await iam.readHolder(
            name,
            RoleRecord.self,
            for: "iam:ListAttachedRolePolicies",
            in: context
        )
        let policies = role.attached.map(AttachedPolicy.init).filter { $0.path.hasPrefix(prefix) }
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name, prefix])
        return AttachedPolicyPage(
            try iam.page(of: policies, request, in: context, position: \.policyArn)
        )
    }
}
