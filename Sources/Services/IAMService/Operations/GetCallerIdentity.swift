import ServiceKit
import Vocabulary

/// Tells who calls; always allowed, even under a policy that denies it.
///
/// See https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
struct GetCallerIdentity: IAMOperation {
    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case userId, account, arn }

        let userId: String
        let account: String
        let arn: String
    }

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        guard let arn = context.principal.arn, let id = context.principal.userID else {
            throw ServiceFault(
                "AccessDenied",
                "\(context.principal.displayName) has no identity of its own.",
                status: 403
            )
        }
        await iam.noteUse(context)
        return Output(userId: id, account: arn.account, arn: arn.description)
    }
}
