import ServiceKit
import Vocabulary

struct DescribeDocumentPermissionInput: Decodable, Sendable {
    var name: String?
    var permissionType: String?
    var maxResults: Int?
    var nextToken: String?

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case permissionType = "PermissionType"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

/// Who else may use a document: nobody, in both of AWS's notations.
struct DescribeDocumentPermissionOutput: Encodable, Sendable {
    var accountIds: [String] = []
    var accountSharingInfoList: [EmptyOutput] = []

    enum CodingKeys: String, CodingKey {
        case accountIds = "AccountIds"
        case accountSharingInfoList = "AccountSharingInfoList"
    }
}

extension SSMService {
    /// The accounts that a document is shared with.
    ///
    /// Documents are not shared between accounts here, so that the list of each is empty.
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocumentPermission.html
    func describeDocumentPermission(
        _ input: DescribeDocumentPermissionInput,
        _ context: OperationContext
    ) async throws -> DescribeDocumentPermissionOutput {
        var violations = ConstraintViolations()
        violations.documentName(input.name)
        violations.required(input.permissionType, "permissionType")
        violations.oneOf(input.permissionType, "permissionType", ["Share"])
        violations.range(input.maxResults, "maxResults", 1...200)
        try violations.check()
        let name = input.name ?? ""
        let document = try await authorizeOnDocument(
            "ssm:DescribeDocumentPermission",
            name,
            context
        )
        guard document != nil else { throw SSMFault.noSuchDocument(name) }
        // A list of nothing has one page, and nobody was ever given a token for another.
        guard input.nextToken == nil else { throw SSMFault.invalidNextToken() }
        return DescribeDocumentPermissionOutput()
    }
}
