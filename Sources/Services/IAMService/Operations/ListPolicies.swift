import ServiceKit
import Storage
import Vocabulary

/// Lists managed policies: AWS's, the account's own, or both.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
struct ListPolicies: IAMOperation {
    enum CodingKeys: String, MemberName {
        case scope, onlyAttached, pathPrefix, policyUsageFilter, marker, maxItems
    }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case policies, isTruncated, marker }

        let policies: [PolicyShape]
        let isTruncated: Bool
        let marker: String?
    }

    let scope: String?
    let onlyAttached: Bool?
    let pathPrefix: String?
    let policyUsageFilter: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        check.oneOf(scope, "scope", ["All", "AWS", "Local"])
        check.oneOf(
            policyUsageFilter,
            "policyUsageFilter",
            ["PermissionsPolicy", "PermissionsBoundary"]
        )
        let prefix = check.policyPath(pathPrefix, "pathPrefix")
        check.page(marker, maxItems)
        try check.done()
        // Not an ARN: AWS names this resource so, and only `*` matches it.
        try await iam.require("iam:ListPolicies", on: "policy path \(prefix)", in: context)
        let request = PageRequest(
            marker: marker,
            maxItems: maxItems,
            parameters: [
                scope ?? "All", "\(onlyAttached ?? false)", prefix, policyUsageFilter ?? "",
            ]
        )
        let policies = try await policies(in: iam, context).filter { $0.path.hasPrefix(prefix) }
        let page = try iam.page(of: policies, request, in: context, position: \.arn)
        return Output(
            policies: page.items,
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }

    private func policies(
        in iam: IAMService,
        _ context: OperationContext
    ) async throws -> [PolicyShape] {
        var records: [PolicyRecord] = []
        if scope != "Local" {
            records += BuiltInPolicy.all(in: context.scope.region.partition).map(\.record)
        }
        if scope != "AWS" {
            records += try await iam.store.range(
                context.keys.policies,
                as: PolicyRecord.self,
                limit: Limits.iamPolicies
            ).map(\.value)
        }
        var shapes: [PolicyShape] = []
        for record in records {
            let use = try await iam.use(of: record.arn, in: context) ?? PolicyUse()
            let counted =
                switch policyUsageFilter.flatMap(PolicyUsage.init(rawValue:)) {
                case .permissions: use.attachments
                case .boundary: use.boundaries
                case nil: use.attachments + use.boundaries
                }
            // A filter by use shows what is used so, as only-attached does for any use.
            guard counted > 0 || onlyAttached != true && policyUsageFilter == nil else { continue }
            shapes.append(PolicyShape(record, use: use, isListed: true))
        }
        return shapes
    }
}
