import ServiceKit

/// Deletes a role that has no policies and is in no instance profile any more.
///
/// Its sessions end with it: their credentials are not valid on the next call.
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
struct DeleteRole: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName }

    let roleName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        try check.done()
        return try await iam.change(in: context) { draft in
            let role = try await iam.requireHolder(
                name,
                RoleRecord.self,
                for: "iam:DeleteRole",
                draft: &draft,
                in: context
            )
            guard role.instanceProfiles.isEmpty else {
                throw IAMFault.deleteConflict(
                    "Cannot delete entity, must remove roles from instance profile first."
                )
            }
            try await iam.remove(role, draft: &draft, in: context)
            try await draft.countOneLess(\.roles, in: context)
            return EmptyOutput()
        }
    }
}
