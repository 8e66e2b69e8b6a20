import ServiceKit

/// Takes tags from a user; keys that it does not have are no error.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html
struct UntagUser: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, tagKeys }

    let userName: String?
    let tagKeys: [String]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let keys = check.tagKeys(tagKeys)
        try check.done()
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:UntagUser",
            conditions: ["aws:TagKeys": keys],
            in: context
        ) { _, user in
            user.tags = TagRules.remove(keys, from: user.tags)
        }
        return EmptyOutput()
    }
}
