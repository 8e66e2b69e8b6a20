import ServiceKit

/// Shows an instance profile with its role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
struct GetInstanceProfile: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case instanceProfile }

        let instanceProfile: InstanceProfileShape
    }

    let instanceProfileName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.instanceProfileName(instanceProfileName)
        try check.done()
        let profile = try await iam.readInstanceProfile(
            name,
            for: "iam:GetInstanceProfile",
            in: context
        )
        return Output(instanceProfile: try await iam.shape(profile, in: context))
    }
}
