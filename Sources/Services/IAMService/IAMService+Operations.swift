import ServiceKit

extension IAMService {
    /// Everything that IAM offers here; the frontend refuses the rest by name.
    var iamOperations: [Operation] {
        [
            // Users.
            Operation(CreateUser.self, of: self),
            Operation(GetUser.self, of: self),
            Operation(ListUsers.self, of: self),
            Operation(UpdateUser.self, of: self),
            Operation(DeleteUser.self, of: self),
            Operation(TagUser.self, of: self),
            Operation(UntagUser.self, of: self),
            Operation(ListUserTags.self, of: self),
            Operation(PutUserPermissionsBoundary.self, of: self),
            Operation(DeleteUserPermissionsBoundary.self, of: self),
            // Access keys.
            Operation(CreateAccessKey.self, of: self),
            Operation(ListAccessKeys.self, of: self),
            Operation(UpdateAccessKey.self, of: self),
            Operation(DeleteAccessKey.self, of: self),
            Operation(GetAccessKeyLastUsed.self, of: self),
            // Roles.
            Operation(CreateRole.self, of: self),
            Operation(GetRole.self, of: self),
            Operation(ListRoles.self, of: self),
            Operation(UpdateRole.self, of: self),
            Operation(UpdateRoleDescription.self, of: self),
            Operation(DeleteRole.self, of: self),
            Operation(UpdateAssumeRolePolicy.self, of: self),
            Operation(TagRole.self, of: self),
            Operation(UntagRole.self, of: self),
            Operation(ListRoleTags.self, of: self),
            Operation(PutRolePermissionsBoundary.self, of: self),
            Operation(DeleteRolePermissionsBoundary.self, of: self),
            // Managed policies.
            Operation(CreatePolicy.self, of: self),
            Operation(GetPolicy.self, of: self),
            Operation(ListPolicies.self, of: self),
            Operation(DeletePolicy.self, of: self),
            Operation(CreatePolicyVersion.self, of: self),
            Operation(GetPolicyVersion.self, of: self),
            Operation(ListPolicyVersions.self, of: self),
            Operation(DeletePolicyVersion.self, of: self),
            Operation(SetDefaultPolicyVersion.self, of: self),
            Operation(ListEntitiesForPolicy.self, of: self),
            Operation(TagPolicy.self, of: self),
            Operation(UntagPolicy.self, of: self),
            Operation(ListPolicyTags.self, of: self),
            // Attachments.
            Operation(AttachUserPolicy.self, of: self),
            Operation(DetachUserPolicy.self, of: self),
            Operation(ListAttachedUserPolicies.self, of: self),
            Operation(AttachRolePolicy.self, of: self),
            Operation(DetachRolePolicy.self, of: self),
            Operation(ListAttachedRolePolicies.self, of: self),
            // Inline policies.
            Operation(PutUserPolicy.self, of: self),
            Operation(GetUserPolicy.self, of: self),
            Operation(DeleteUserPolicy.self, of: self),
            Operation(ListUserPolicies.self, of: self),
            Operation(PutRolePolicy.self, of: self),
            Operation(GetRolePolicy.self, of: self),
            Operation(DeleteRolePolicy.self, of: self),
            Operation(ListRolePolicies.self, of: self),
            // Instance profiles.
            Operation(CreateInstanceProfile.self, of: self),
            Operation(GetInstanceProfile.self, of: self),
            Operation(ListInstanceProfiles.self, of: self),
            Operation(DeleteInstanceProfile.self, of: self),
            Operation(AddRoleToInstanceProfile.self, of: self),
            Operation(RemoveRoleFromInstanceProfile.self, of: self),
            Operation(ListInstanceProfilesForRole.self, of: self),
            Operation(TagInstanceProfile.self, of: self),
            Operation(UntagInstanceProfile.self, of: self),
            Operation(ListInstanceProfileTags.self, of: self),
        ]
    }
}
