import ServiceKit

/// Lists the tags of a managed policy in the order of their keys.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html
struct ListPolicyTags: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, marker, maxItems }

    let policyArn: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> TagPage {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        check.page(marker, maxItems)
        try check.done()
        let policy = try await iam.readPolicy(arn, for: "iam:ListPolicyTags", in: context)
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [arn])
        return TagPage(try iam.page(of: policy.record.tags, request, in: context, position: \.key))
    }
}
