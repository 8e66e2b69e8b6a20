import ServiceKit

/// Sets the description of a role, and shows it.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
struct UpdateRoleDescription: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, description }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case role }

        let role: RoleShape
    }

    let roleName: String?
    let description: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        check.required(description, "description")
        check.roleDescription(description)
        try check.done()
        return try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:UpdateRoleDescription",
            in: context
        ) { _, role in
            role.description = description
            return Output(role: try await iam.shape(role, in: context))
        }
    }
}
