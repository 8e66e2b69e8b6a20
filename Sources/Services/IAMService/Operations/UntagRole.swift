import ServiceKit

/// Takes tags from a role; keys that it does not have are no error.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html
struct UntagRole: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, tagKeys }

    let roleName: String?
    let tagKeys: [String]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let keys = check.tagKeys(tagKeys)
        try check.done()
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:UntagRole",
            conditions: ["aws:TagKeys": keys],
            in: context
        ) { _, role in
            role.tags = TagRules.remove(keys, from: role.tags)
        }
        return EmptyOutput()
    }
}
