import ServiceKit
import Vocabulary

/// Makes an instance profile, which holds no role yet.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
struct CreateInstanceProfile: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName, path, tags }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case instanceProfile }

        let instanceProfile: InstanceProfileShape
    }

    let instanceProfileName: String?
    let path: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.instanceProfileName(instanceProfileName)
        let path = check.path(path)
        check.tags(tags)
        try check.done()
        let arn = context.iamARN("instance-profile\(path)\(name)")
        context.touched(arn)
        try await iam.require(
            "iam:CreateInstanceProfile",
            on: arn,
            conditions: TagRules.conditions(tags),
            in: context
        )
        try TagRules.check(tags ?? [])
        return try await iam.change(in: context) { draft in
            let key = context.keys.instanceProfile(name)
            guard try await draft.read(key, as: InstanceProfileRecord.self) == nil else {
                throw IAMFault.alreadyExists("Instance Profile \(name) already exists.")
            }
            let profile = InstanceProfileRecord(
                name: name,
                path: path,
                arn: arn,
                id: iam.uniqueID("AIPA"),
                created: iam.clock.now(),
                tags: tags ?? []
            )
            try await draft.countOneMore(
                \.instanceProfiles,
                quota: ("InstanceProfilesPerAccount", Limits.iamInstanceProfiles),
                in: context
            )
            try draft.put(key, profile)
            return Output(instanceProfile: InstanceProfileShape(profile, role: nil))
        }
    }
}
