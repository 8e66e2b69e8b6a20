import ServiceKit

/// Adds tags to an instance profile, or replaces those of the same key.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html
struct TagInstanceProfile: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName, tags }

    let instanceProfileName: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.instanceProfileName(instanceProfileName)
        check.required(tags, "tags")
        check.tags(tags)
        try check.done()
        return try await iam.change(in: context) { draft in
            var profile = try await iam.requireInstanceProfile(
                name,
                for: "iam:TagInstanceProfile",
                conditions: TagRules.conditions(tags),
                draft: &draft,
                in: context
            )
            profile.tags = try TagRules.merge(tags ?? [], into: profile.tags)
            try draft.put(context.keys.instanceProfile(name), profile)
            return EmptyOutput()
        }
    }
}
