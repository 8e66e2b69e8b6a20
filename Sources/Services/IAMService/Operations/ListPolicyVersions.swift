import ServiceKit
import Storage

/// Lists the versions of a managed policy, the newest first, without documents.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html
struct ListPolicyVersions: IAMOperation {
    enum CodingKeys: String, MemberName { case policyArn, marker, maxItems }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case versions, isTruncated, marker }

        let versions: [PolicyVersionShape]
        let isTruncated: Bool
        let marker: String?
    }

    let policyArn: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let arn = check.arn(policyArn, "policyArn")
        check.page(marker, maxItems)
        try check.done()
        let policy = try await iam.readPolicy(arn, for: "iam:ListPolicyVersions", in: context)
        // Positions that sort the newest first.
        let page = try iam.page(
            of: policy.record.versions,
            PageRequest(marker: marker, maxItems: maxItems, parameters: [arn]),
            in: context
        ) { String(sortable: UInt64.max - UInt64($0.number)) }
        return Output(
            versions: page.items.map { PolicyVersionShape($0, of: policy.record) },
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }
}
