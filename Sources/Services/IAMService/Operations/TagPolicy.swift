import ServiceKit

/// Adds tags to a managed policy, or replaces those of the same key.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html
struct TagPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, tags }

    let policyArn: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        check.required(tags, "tags")
        check.tags(tags)
        try check.done()
        return try await iam.change(in: context) { draft in
            var policy = try await iam.requirePolicy(
                arn,
                for: "iam:TagPolicy",
                conditions: TagRules.conditions(tags),
                draft: &draft,
                in: context
            )
            policy.tags = try TagRules.merge(tags ?? [], into: policy.tags)
            try draft.put(context.keys.policy(policy.name), policy)
            return EmptyOutput()
        }
    }
}
