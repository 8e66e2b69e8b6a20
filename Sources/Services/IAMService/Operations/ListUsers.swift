import ServiceKit
import Storage

/// Lists users in the order of their names.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
struct ListUsers: IAMOperation {
    enum CodingKeys: String, MemberName { case pathPrefix, marker, maxItems }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case users, isTruncated, marker }

        let users: [UserShape]
        let isTruncated: Bool
        let marker: String?
    }

    let pathPrefix: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        let prefix = check.pathPrefix(pathPrefix)
        check.page(marker, maxItems)
        try check.done()
        try await iam.require("iam:ListUsers", on: context.iamARN("user\(prefix)"), in: context)
        let page: Page<UserRecord> = try await iam.page(
            below: context.keys.holders(.user),
            PageRequest(marker: marker, maxItems: maxItems, parameters: [prefix]),
            in: context
        ) { $0.path.hasPrefix(prefix) }
        return Output(
            users: page.items.map { UserShape($0, isListed: true) },
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }
}
