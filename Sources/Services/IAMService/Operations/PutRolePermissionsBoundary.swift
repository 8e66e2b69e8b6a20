import ServiceKit

/// Sets the policy beyond which a role may do nothing.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
struct PutRolePermissionsBoundary: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, permissionsBoundary }

    let roleName: String?
    let permissionsBoundary: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let boundary = check.arn(permissionsBoundary, "permissionsBoundary")
        try check.done()
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:PutRolePermissionsBoundary",
            conditions: ["iam:PermissionsBoundary": [boundary]],
            in: context
        ) { draft, role in
            try await iam.requireAttachable(boundary, draft: &draft, in: context)
            guard role.boundary != boundary else { return }
            if let old = role.boundary {
                try await draft.use(old, as: .boundary, by: role, begins: false, in: context)
            }
            try await draft.use(boundary, as: .boundary, by: role, begins: true, in: context)
            role.boundary = boundary
        }
        return EmptyOutput()
    }
}
