import ServiceKit

/// Shows a role with its trust policy and when it was used last.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
struct GetRole: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case role }

        let role: RoleShape
    }

    let roleName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        try check.done()
        let role = try await iam.readHolder(name, RoleRecord.self, for: "iam:GetRole", in: context)
        let lastUse = try await iam.lastUses.lastUse(role.id)
        return Output(role: try await iam.shape(role, lastUse: lastUse, in: context))
    }
}
