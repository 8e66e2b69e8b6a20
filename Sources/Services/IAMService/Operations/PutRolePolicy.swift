import ServiceKit

/// Writes an inline policy of a role, or replaces it.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
struct PutRolePolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, policyName, policyDocument }

    let roleName: String?
    let policyName: String?
    let policyDocument: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let policy = check.policyName(policyName)
        let document = check.document(policyDocument, "policyDocument")
        try check.done()
        context.audit.noted("policyName", policy)
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:PutRolePolicy",
            in: context
        ) { _, role in
            try IAMService.putInline(document, named: policy, into: &role)
        }
        return EmptyOutput()
    }
}
