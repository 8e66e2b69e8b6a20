import ServiceKit

/// Lists the tags of an instance profile in the order of their keys.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html
struct ListInstanceProfileTags: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName, marker, maxItems }

    let instanceProfileName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> TagPage {
        var check = ConstraintViolations()
        let name = check.instanceProfileName(instanceProfileName)
        check.page(marker, maxItems)
        try check.done()
        let profile = try await iam.readInstanceProfile(
            name,
            for: "iam:ListInstanceProfileTags",
            in: context
        )
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name])
        return TagPage(try iam.page(of: profile.tags, request, in: context, position: \.key))
    }
}
