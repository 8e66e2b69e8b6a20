import ServiceKit

/// Sets the description and the longest session of a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
struct UpdateRole: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, description, maxSessionDuration }

    /// An answer without members, which yet has a result element: clients insist on `UpdateRoleResult`.
    struct Output: Encodable, Sendable {
        private let absent: String? = nil
    }

    let roleName: String?
    let description: String?
    let maxSessionDuration: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        check.roleDescription(description)
        check.range(maxSessionDuration, "maxSessionDuration", 3600...43_200)
        try check.done()
        try await iam.changeHolder(name, RoleRecord.self, for: "iam:UpdateRole", in: context) {
            _,
            role in
            if let description { role.description = description }
            if let maxSessionDuration { role.maxSessionDuration = maxSessionDuration }
        }
        return Output()
    }
}
