import ServiceKit
import Vocabulary

/// Makes an access key of a user; its secret is shown this once.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
struct CreateAccessKey: IAMOperation {
    enum CodingKeys: String, MemberName { case userName }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case accessKey }

        let accessKey: AccessKeyShape
    }

    let userName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        check.optionalName(userName, "userName", most: 128)
        try check.done()
        let name = try iam.userName(userName, in: context)
        return try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:CreateAccessKey",
            in: context
        ) { draft, user in
            guard user.accessKeys.count < Limits.accessKeysPerUser else {
                throw IAMFault.quota("AccessKeysPerUser", Limits.accessKeysPerUser)
            }
            let key = AccessKeyRecord(
                id: iam.newAccessKeyID("AKIA"),
                account: context.scope.account.description,
                userID: user.id,
                userName: user.name,
                secret: iam.newSecretAccessKey(),
                status: .active,
                created: iam.clock.now()
            )
            user.accessKeys.append(key.id)
            try draft.put(IAMKeys.accessKey(key.id), key)
            context.audit.noted("accessKeyId", key.id)
            return Output(
                accessKey: AccessKeyShape(key, userName: user.name, showingSecret: true)
            )
        }
    }
}
