import ServiceKit

/// Adds tags to a user, or replaces those of the same key.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html
struct TagUser: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, tags }

    let userName: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        check.required(tags, "tags")
        check.tags(tags)
        try check.done()
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:TagUser",
            conditions: TagRules.conditions(tags),
            in: context
        ) { _, user in
            user.tags = try TagRules.merge(tags ?? [], into: user.tags)
        }
        return EmptyOutput()
    }
}
