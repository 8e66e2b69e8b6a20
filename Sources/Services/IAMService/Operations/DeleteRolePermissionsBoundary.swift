import ServiceKit

/// Takes away what bounded the permissions of a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html
struct DeleteRolePermissionsBoundary: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName }

    let roleName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        try check.done()
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:DeleteRolePermissionsBoundary",
            in: context
        ) { draft, role in
            guard let boundary = role.boundary else {
                throw IAMFault.noSuchEntity(
                    "The role with name \(name) has no permissions boundary."
                )
            }
            try await draft.use(boundary, as: .boundary, by: role, begins: false, in: context)
            role.boundary = nil
        }
        return EmptyOutput()
    }
}
