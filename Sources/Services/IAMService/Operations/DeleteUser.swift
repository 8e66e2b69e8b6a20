import ServiceKit

/// Deletes a user who has no policies and no access keys any more.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
struct DeleteUser: IAMOperation {
    enum CodingKeys: String, MemberName { case userName }

    let userName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        try check.done()
        return try await iam.change(in: context) { draft in
            let user = try await iam.requireHolder(
                name,
                UserRecord.self,
                for: "iam:DeleteUser",
                draft: &draft,
                in: context
            )
            guard user.accessKeys.isEmpty else {
                throw IAMFault.deleteConflict(
                    "Cannot delete entity, must delete access keys first."
                )
            }
            try await iam.remove(user, draft: &draft, in: context)
            try await draft.countOneLess(\.users, in: context)
            return EmptyOutput()
        }
    }
}

extension IAMService {
    /// Deletes a user or role that no policy stands in the way of.
    func remove<Holder: PolicyHolder>(
        _ holder: Holder,
        draft: inout Draft,
        in context: OperationContext
    ) async throws {
        guard holder.attached.isEmpty else {
            throw IAMFault.deleteConflict("Cannot delete entity, must detach all policies first.")
        }
        guard holder.inline.isEmpty else {
            throw IAMFault.deleteConflict("Cannot delete entity, must delete policies first.")
        }
        if let boundary = holder.boundary {
            try await draft.use(boundary, as: .boundary, by: holder, begins: false, in: context)
        }
        draft.delete(context.keys.holder(Holder.kind, holder.name))
        draft.delete(context.keys.principal(holder.id))
    }
}
