import Encoding
import ServiceKit

/// Shows an inline policy of a role, percent-encoded as AWS sends it.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
struct GetRolePolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, policyName }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case roleName, policyName, policyDocument }

        let roleName: String
        let policyName: String
        let policyDocument: String
    }

    let roleName: String?
    let policyName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let policy = check.policyName(policyName)
        try check.done()
        let role = try await iam.readHolder(
            name,
            RoleRecord.self,
            for: "iam:GetRolePolicy",
            in: context
        )
        guard let (stored, document) = role.inlinePolicy(policy) else {
            throw IAMFault.noSuchInlinePolicy(.role, policy)
        }
        return Output(
            roleName: role.name,
            policyName: stored,
            policyDocument: Percent.encode(document)
        )
    }
}
