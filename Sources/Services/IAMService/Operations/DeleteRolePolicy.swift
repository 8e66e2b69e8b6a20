import ServiceKit

/// Deletes an inline policy of a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
struct DeleteRolePolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, policyName }

    let roleName: String?
    let policyName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let policy = check.policyName(policyName)
        try check.done()
        context.audit.noted("policyName", policy)
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:DeleteRolePolicy",
            in: context
        ) { _, role in
            guard let (stored, _) = role.inlinePolicy(policy) else {
                throw IAMFault.noSuchInlinePolicy(.role, policy)
            }
            role.inline[stored] = nil
        }
        return EmptyOutput()
    }
}
