import ServiceKit

/// Turns an access key on or off; a key that is off signs nothing from the next call on.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
struct UpdateAccessKey: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, accessKeyId, status }

    let userName: String?
    let accessKeyId: String?
    let status: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        check.optionalName(userName, "userName", most: 128)
        let id = check.accessKeyID(accessKeyId)
        check.required(status, "status")
        check.oneOf(status, "status", ["Active", "Inactive", "Expired"])
        try check.done()
        guard let status = status.flatMap(AccessKeyRecord.Status.init(rawValue:)) else {
            throw IAMFault.invalidInput("The status of an access key cannot be set to Expired.")
        }
        let name = try iam.userName(userName, in: context)
        context.audit.noted("accessKeyId", id)
        return try await iam.change(in: context) { draft in
            let user = try await iam.requireHolder(
                name,
                UserRecord.self,
                for: "iam:UpdateAccessKey",
                draft: &draft,
                in: context
            )
            let key = IAMKeys.accessKey(id)
            guard user.accessKeys.contains(id),
                var record = try await draft.read(key, as: AccessKeyRecord.self)
            else { throw IAMFault.noSuchAccessKey(id) }
            record.status = status
            try draft.put(key, record)
            return EmptyOutput()
        }
    }
}
