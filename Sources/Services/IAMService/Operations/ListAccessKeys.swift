import ServiceKit

/// Lists the access keys of a user, without their secrets.
///
/// See https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
struct ListAccessKeys: IAMOperation {
    enum CodingKeys: String, MemberName { case userName, marker, maxItems }

    struct Output: Encodable, Sendable {
        enum CodingKeys: String, MemberName { case accessKeyMetadata, isTruncated, marker }

        let accessKeyMetadata: [AccessKeyShape]
        let isTruncated: Bool
        let marker: String?
    }

    let userName: String?
    let marker: String?
    let maxItems: Int?

    func run(in iam: IAMService, _ context: OperationContext) async throws -> Output {
        var check = ConstraintViolations()
        check.optionalName(userName, "userName", most: 128)
        check.page(marker, maxItems)
        try check.done()
        let name = try iam.userName(userName, in: context)
        let user = try await iam.readHolder(
            name,
            UserRecord.self,
            for: "iam:ListAccessKeys",
            in: context
        )
        var keys: [AccessKeyRecord] = []
        for id in user.accessKeys {
            let stored = try await iam.store.get(IAMKeys.accessKey(id), as: AccessKeyRecord.self)
            if let stored { keys.append(stored.value) }
        }
        let page = try iam.page(
            of: keys,
            PageRequest(marker: marker, maxItems: maxItems, parameters: [name]),
            in: context,
            position: \.id
        )
        return Output(
            accessKeyMetadata: page.items.map {
                AccessKeyShape($0, userName: user.name, showingSecret: false)
            },
            isTruncated: page.isTruncated,
            marker: page.marker
        )
    }
}
