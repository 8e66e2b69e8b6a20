import ServiceKit

/// Attaches a managed policy to a role; again is no error.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
struct AttachRolePolicy: IAMOperation {
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
            for: "iam:AttachRolePolicy",
            conditions: ["iam:PolicyARN": [arn]],
            in: context
        ) { draft, role in
            try await iam.attach(arn, to: &role, draft: &draft, in: context)
        }
        return EmptyOutput()
    }
}
