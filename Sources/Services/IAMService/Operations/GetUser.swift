import ServiceKit

/// Shows a user; without a name, the one who calls.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
struct GetUser: IAMOperation {
    enum CodingKeys: String, MemberName { case userName }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case user }

        let user: UserShape
    }

    let userName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        check.optionalName(userName, "userName", most: 128)
        try check.done()
        let name = try iam.userName(userName, in: context)
        let user = try await iam.readHolder(name, UserRecord.self, for: "iam:GetUser", in: context)
        return Output(user: UserShape(user))
    }
}
