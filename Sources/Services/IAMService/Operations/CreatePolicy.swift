import ServiceKit
import Vocabulary

/// Makes a managed policy of the account; the document is its version v1.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
struct CreatePolicy: IAMOperation {
    enum CodingKeys: String, MemberName {
        case policyName, path, policyDocument, description, tags
    }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case policy }

        let policy: PolicyShape
    }

    let policyName: String?
    let path: String?
    let policyDocument: String?
    let description: String?
    let tags: [Tag]?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let name = check.policyName(policyName)
        let path = check.policyPath(path)
        let document = check.document(policyDocument, "policyDocument")
        check.length(description, "description", 0...1000)
        check.tags(tags)
        try check.done()
        let arn = context.iamARN("policy\(path)\(name)")
        context.touched(arn)
        try await iam.require(
            "iam:CreatePolicy",
            on: arn,
            conditions: TagRules.conditions(tags),
            in: context
        )
        try TagRules.check(tags ?? [])
        try IAMService.requireManagedDocument(document)
        return try await iam.change(in: context) { draft in
            let key = context.keys.policy(name)
            guard try await draft.read(key, as: PolicyRecord.self) == nil else {
                throw IAMFault.alreadyExists(
                    "A policy called \(name) already exists. Duplicate names are not allowed."
                )
            }
            let now = iam.clock.now()
            let policy = PolicyRecord(
                name: name,
                path: path,
                arn: arn,
                id: iam.uniqueID("ANPA"),
                description: description,
                created: now,
                updated: now,
                versions: [PolicyRecord.Version(number: 1, created: now)],
                defaultVersion: 1,
                nextVersion: 2,
                tags: tags ?? []
            )
            try await draft.countOneMore(
                \.policies,
                quota: ("PoliciesPerAccount", Limits.iamPolicies),
                in: context
            )
            try draft.put(key, policy)
            try draft.put(context.keys.policyDocument(name, 1), document)
            return Output(policy: PolicyShape(policy, use: nil))
        }
    }
}
