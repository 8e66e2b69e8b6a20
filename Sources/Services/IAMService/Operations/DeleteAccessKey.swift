import ServiceKit

/// Deletes an access key; it signs nothing from the next call on.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html
struct DeleteAccessKey: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, accessKeyId }

    let userName: String?
    let accessKeyId: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        check.optionalName(userName, "userName", most: 128)
        let id = check.accessKeyID(accessKeyId)
        try check.done()
        let name = try iam.userName(userName, in: context)
        context.audit.noted("accessKeyId", id)
        try await iam.changeHolder(
            name,
            UserRecord.self,
            for: "iam:DeleteAccessKey",
            in: context
        ) { draft, user in
            guard user.accessKeys.contains(id) else { throw IAMFault.noSuchAccessKey(id) }
            user.accessKeys.removeAll { $0 == id }
            draft.delete(IAMKeys.accessKey(id))
            draft.delete(IAMKeys.lastUse(id))
        }
        return EmptyOutput()
    }
}
