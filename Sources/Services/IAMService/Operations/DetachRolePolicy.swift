import ServiceKit

/// Takes a managed policy from a role.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html
struct DetachRolePolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, policyArn }

    let roleName: String?
    let policyArn: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let arn = check.arn(policyArn, "policyArn")
        try check.done()
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:DetachRolePolicy",
            conditions: ["iam:PolicyARN": [arn]],
            in: context
        ) { draft, role in
            guard role.attached.contains(arn) else { throw IAMFault.noSuchPolicy(arn) }
            role.attached.removeAll { $0 == arn }
            try await draft.use(arn, as: .permissions, by: role, begins: false, in: context)
        }
        return EmptyOutput()
    }
}
