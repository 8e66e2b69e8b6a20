import ServiceKit

/// Puts a role into an instance profile, which can hold one.
///
/// The caller must be allowed to pass the role to EC2.
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
struct AddRoleToInstanceProfile: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName, roleName }

    let instanceProfileName: String?
    let roleName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let profileName = check.instanceProfileName(instanceProfileName)
        let name = check.roleName(roleName)
        try check.done()
        return try await iam.change(in: context) { draft in
            var profile = try await iam.requireInstanceProfile(
                profileName,
                for: "iam:AddRoleToInstanceProfile",
                draft: &draft,
                in: context
            )
            let key = context.keys.holder(.role, name)
            let stored = try await draft.read(key, as: RoleRecord.self)
            try await iam.require(
                "iam:PassRole",
                on: stored?.arn ?? context.iamARN("role/\(name)"),
                conditions: ["iam:PassedToService": ["ec2.amazonaws.com"]],
                in: context
            )
            guard var role = stored else { throw IAMFault.noSuchHolder(.role, name) }
            guard profile.role == nil else {
                throw IAMFault.quota("InstanceSessionsPerInstanceProfile", 1)
            }
            profile.role = role.name
            role.instanceProfiles.append(profile.name)
            try draft.put(context.keys.instanceProfile(profileName), profile)
            try draft.put(key, role)
            return EmptyOutput()
        }
    }
}
