import ServiceKit
import Vocabulary

struct ListTagsForResourceInput: Decodable, Sendable {
    var resourceType: String?
    var resourceId: String?

    enum CodingKeys: String, CodingKey {
        case resourceType = "ResourceType"
        case resourceId = "ResourceId"
    }
}

struct ListTagsForResourceOutput: Encodable, Sendable {
    var tagList: [Tag]

    enum CodingKeys: String, CodingKey {
        case tagList = "TagList"
    }
}

extension SSMService {
    /// The tags of a node or a document.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html
    func listTagsForResource(
        _ input: ListTagsForResourceInput,
        _ context: OperationContext
    ) async throws -> ListTagsForResourceOutput {
        let arn = try taggedARN(input.resourceType, input.resourceId, context)
        let conditions = try await tagsForConditions(
            input.resourceType,
            input.resourceId,
            context
        )
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssm:ListTagsForResource",
                on: arn.description,
                conditionValues: conditions
            ),
            in: context
        )
        let resource = try await taggedResource(input.resourceType, input.resourceId, context)
        return ListTagsForResourceOutput(tagList: resource.tags)
    }
}
