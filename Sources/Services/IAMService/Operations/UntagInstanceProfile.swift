import ServiceKit

/// Takes tags from an instance profile; keys that it does not have are no error.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html
struct UntagInstanceProfile: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName, tagKeys }

    let instanceProfileName: String?
    let tagKeys: [String]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.instanceProfileName(instanceProfileName)
        let keys = check.tagKeys(tagKeys)
        try check.done()
        return try await iam.change(in: context) { draft in
            var profile = try await iam.requireInstanceProfile(
                name,
                for: "iam:UntagInstanceProfile",
                conditions: ["aws:TagKeys": keys],
                draft: &draft,
                in: context
            )
            profile.tags = TagRules.remove(keys, from: profile.tags)
            try draft.put(context.keys.instanceProfile(name), profile)
            return EmptyOutput()
        }
    }
}
