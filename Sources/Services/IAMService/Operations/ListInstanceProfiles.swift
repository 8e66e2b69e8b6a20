import ServiceKit

/// Lists instance profiles in the order of their names.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
struct ListInstanceProfiles: IAMOperation {
    enum CodingKeys: String, MemberName { case pathPrefix, marker, maxItems }

    let pathPrefix: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> InstanceProfilePage {
        var check = ConstraintViolations()
        let prefix = check.pathPrefix(pathPrefix)
        check.page(marker, maxItems)
        try check.done()
        let arn = context.iamARN("instance-profile\(prefix)")
        try await iam.require("iam:ListInstanceProfiles", on: arn, in: context)
        let page: Page<InstanceProfileRecord> = try await iam.page(
            below: context.keys.instanceProfiles,
            PageRequest(marker: marker, maxItems: maxItems, parameters: [prefix]),
            in: context
        ) { $0.path.hasPrefix(prefix) }
        return try await iam.shapes(page, in: context)
    }
}
