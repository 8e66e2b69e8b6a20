import Encoding
import ServiceKit

/// Shows an inline policy of a user, percent-encoded as AWS sends it.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html
struct GetUserPolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, policyName }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case userName, policyName, policyDocument }

        let userName: String
        let policyName: String
        let policyDocument: String
    }

    let userName: String?
    let policyName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        let policy = check.policyName(policyName)
        try check.done()
        let user = try await iam.readHolder(
            name,
            UserRecord.self,
            for: "iam:GetUserPolicy",
            in: context
        )
        guard let (stored, document) = user.inlinePolicy(policy) else {
            throw IAMFault.noSuchInlinePolicy(.user, policy)
        }
        return Output(
            userName: user.name,
            policyName: stored,
            policyDocument: Percent.encode(document)
        )
    }
}
