import ServiceKit

/// Takes a role out of an instance profile.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html
struct RemoveRoleFromInstanceProfile: IAMOperation {
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
                for: "iam:RemoveRoleFromInstanceProfile",
                draft: &draft,
                in: context
            )
            let key = context.keys.holder(.role, name)
            guard profile.role?.lowercased() == name.lowercased(),
                var role = try await draft.read(key, as: RoleRecord.self)
            else { throw IAMFault.noSuchHolder(.role, name) }
            profile.role = nil
            role.instanceProfiles.removeAll { $0.lowercased() == profile.name.lowercased() }
            try draft.put(context.keys.instanceProfile(profileName), profile)
            try draft.put(key, role)
            return EmptyOutput()
        }
    }
}
