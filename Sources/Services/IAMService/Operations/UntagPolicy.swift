import ServiceKit

/// Takes tags from a managed policy; keys that it does not have are no error.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html
struct UntagPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, tagKeys }

    let policyArn: String?
    let tagKeys: [String]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        let keys = check.tagKeys(tagKeys)
        try check.done()
        return try await iam.change(in: context) { draft in
            var policy = try await iam.requirePolicy(
                arn,
                for: "iam:UntagPolicy",
                conditions: ["aws:TagKeys": keys],
                draft: &draft,
                in: context
            )
            policy.tags = TagRules.remove(keys, from: policy.tags)
            try draft.put(context.keys.policy(policy.name), policy)
            return EmptyOutput()
        }
    }
}
