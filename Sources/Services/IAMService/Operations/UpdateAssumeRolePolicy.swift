import ServiceKit

/// Replaces the trust policy of a role.
///
/// Sessions that were assumed under the old one go on.
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
struct UpdateAssumeRolePolicy: IAMOperation {
    enum CodingKeys: String, MemberName { case roleName, policyDocument }

    let roleName: String?
    let policyDocument: String?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> EmptyOutput {
        var check = ConstraintViolations()
        let name = check.roleName(roleName)
        let document = check.document(policyDocument, "policyDocument")
        try check.done()
        try await iam.changeHolder(
            name,
            RoleRecord.self,
            for: "iam:UpdateAssumeRolePolicy",
            in: context
        ) { _, role in
            role.trustPolicy = try await iam.requireTrustPolicy(document, in: context)
        }
        return EmptyOutput()
    }
}
