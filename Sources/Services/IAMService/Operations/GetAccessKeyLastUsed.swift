import FoundationEssentials
import ServiceKit
import Vocabulary

/// Tells when, where and for which service an access key was used last.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
struct GetAccessKeyLastUsed: IAMOperation {
    enum CodingKeys: String, MemberName { case accessKeyId }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case userName, accessKeyLastUsed }

        struct LastUsed: Encodable, Sendable {
            enum CodingKeys: String, MemberName { case lastUsedDate, serviceName, region }

            let lastUsedDate: Date?
            let serviceName: String
            let region: String
        }

        let userName: String
        let accessKeyLastUsed: LastUsed
    }

    let accessKeyId: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let id = check.accessKeyID(accessKeyId)
        try check.done()
        let stored = try await iam.store.get(IAMKeys.accessKey(id), as: AccessKeyRecord.self)
        // A key of another account is none at all.
        let key = stored?.value.account == context.scope.account.description ? stored?.value : nil
        let user = key?.userName ?? "*"
        let (arn, holder) = try await iam.holderARN(user, UserRecord.self, in: context)
        try await iam.require(
            "iam:GetAccessKeyLastUsed",
            on: arn,
            conditions: IAMService.conditions(of: holder),
            in: context
        )
        guard key != nil, let holder else { throw IAMFault.noSuchAccessKey(id) }
        let use = try await iam.lastUses.lastUse(id)
        return Output(
            userName: holder.name,
            accessKeyLastUsed: Output.LastUsed(
                lastUsedDate: use?.date,
                serviceName: use?.service ?? "N/A",
                region: use?.region ?? "N/A"
            )
        )
    }
}
