import ServiceKit

/// Gives a user another name or path; its id stays, its ARN changes.
///
/// The keys and attachments that are filed under the old name move in the same transaction.
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html
struct UpdateUser: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, newPath, newUserName }

    let userName: String?
    let newPath: String?
    let newUserName: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.userName(userName)
        if let newPath { _ = check.path(newPath, "newPath") }
        check.optionalName(newUserName, "newUserName", most: 64)
        try check.done()
        return try await iam.change(in: context) { draft in
            let old = try await iam.requireHolder(
                name,
                UserRecord.self,
                for: "iam:UpdateUser",
                draft: &draft,
                in: context
            )
            var user = old
            user.name = newUserName ?? old.name
            user.path = newPath ?? old.path
            user.arn = context.iamARN("user\(user.path)\(user.name)")
            // The caller needs the permission for what the user becomes, too.
            try await iam.require("iam:UpdateUser", on: user.arn, in: context)
            if user.name.lowercased() != old.name.lowercased() {
                let key = context.keys.holder(.user, user.name)
                guard try await draft.read(key, as: UserRecord.self) == nil else {
                    throw IAMFault.alreadyExists("User with name \(user.name) already exists.")
                }
                draft.delete(context.keys.holder(.user, old.name))
            }
            try refile(old, as: user, draft: &draft, in: context)
            for id in user.accessKeys {
                let key = IAMKeys.accessKey(id)
                guard var record = try await draft.read(key, as: AccessKeyRecord.self) else {
                    continue
                }
                record.userName = user.name
                try draft.put(key, record)
            }
            try draft.put(user, in: context)
            try draft.file(user, in: context.keys)
            return EmptyOutput()
        }
    }

    /// Moves the index of which policies the user uses to the new name.
    private func refile(
        _ old: UserRecord,
        as new: UserRecord,
        draft: inout Draft,
        in context: OperationContext
    ) throws {
        var uses = old.attached.map { ($0, PolicyUsage.permissions) }
        if let boundary = old.boundary { uses.append((boundary, .boundary)) }
        let entry = PolicyUser(kind: .user, name: new.name, id: new.id, path: new.path)
        for (arn, usage) in uses {
            draft.delete(context.keys.policyUser(arn, usage, .user, old.name))
            try draft.put(context.keys.policyUser(arn, usage, .user, new.name), entry)
        }
    }
}
