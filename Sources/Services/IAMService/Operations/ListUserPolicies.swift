import ServiceKit

/// Lists the names of the inline policies of a user.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html
struct ListUserPolicies: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, marker, maxItems }

    let userName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> PolicyNamePage {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        check.page(marker, maxItems)
        try check.done()
        let user = try await iam.readHolder(
            name,
            UserRecord.self,
            for: "iam:ListUserPolicies",
            in: context
        )
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name])
        let names = Array(user.inline.keys)
        return PolicyNamePage(try iam.page(of: names, request, in: context) { $0 })
    }
}
