import ServiceKit

/// Lists the managed policies attached to a user.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html
struct ListAttachedUserPolicies: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, pathPrefix, marker, maxItems }

    let userName: String?
    let pathPrefix: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> AttachedPolicyPage {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let prefix = check.policyPath(pathPrefix, "pathPrefix")
        check.page(marker, maxItems)
        try check.done()
        let user = try await iam.readHolder(
            name,
            UserRecord.self,
            for: "iam:ListAttachedUserPolicies",
            in: context
        )
        let policies = user.attached.map(AttachedPolicy.init).filter { $0.path.hasPrefix(prefix) }
        let request = PageRequest(marker: marker, maxItems: maxItems, parameters: [name, prefix])
        return AttachedPolicyPage(
            try iam.page(of: policies, request, in: context, position: \.policyArn)
        )
    }
}
