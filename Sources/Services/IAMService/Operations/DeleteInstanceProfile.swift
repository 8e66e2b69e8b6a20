import ServiceKit

/// Deletes an instance profile that holds no role any more.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html
struct DeleteInstanceProfile: IAMOperation {
    enum CodingKeys: String, MemberName { case instanceProfileName }

    let instanceProfileName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.instanceProfileName(instanceProfileName)
        try check.done()
        return try await iam.change(in: context) { draft in
            let profile = try await iam.requireInstanceProfile(
                name,
                for: "iam:DeleteInstanceProfile",
                draft: &draft,
                in: context
            )
            guard profile.role == nil else {
                throw IAMFault.deleteConflict(
                    "Cannot delete entity, must remove roles from instance profile first."
                )
            }
            draft.delete(context.keys.instanceProfile(name))
            try await draft.countOneLess(\.instanceProfiles, in: context)
            return EmptyOutput()
        }
    }
}
