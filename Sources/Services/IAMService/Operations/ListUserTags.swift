import ServiceKit

/// Lists the tags of a user in the order of their keys.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html
struct ListUserTags: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, marker, maxItems }

    let userName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> TagPage {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        check.page(marker, maxItems)
        try check.done()
        let user = try await iam.readHolder(
            name,
            UserRecord.self,
            for: "iam:ListUserTags",
            in: context
        )
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name])
        return TagPage(try iam.page(of: user.tags, request, in: context, position: \.key))
    }
}
