import ServiceKit

/// Adds tags to a role, or replaces those of the same key.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
struct TagRole: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, tags }

    let roleName: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        check.required(tags, "tags")
        check.tags(tags)
        try check.done()
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:TagRole",
            conditions: TagRules.conditions(tags),
            in: context
        ) { _, role in
            role.tags = try TagRules.merge(tags ?? [], into: role.tags)
        }
        return EmptyOutput()
    }
}
