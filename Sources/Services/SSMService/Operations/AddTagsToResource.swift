import ServiceKit
import Vocabulary

struct AddTagsToResourceInput: Decodable, Sendable {
    var resourceType: String?
    var resourceId: String?
    var tags: [Tag]?

    enum CodingKeys: String, CodingKey {
        case resourceType = "ResourceType"
        case resourceId = "ResourceId"
        case tags = "Tags"
    }
}

extension SSMService {
    /// Adds tags to a node or a document; a key that is there gets the new value.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
    func addTagsToResource(
        _ input: AddTagsToResourceInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.tags, "tags")
        violations.tags(input.tags, "tags")
        try violations.check()
        let tags = input.tags ?? []
        let arn = try taggedARN(input.resourceType, input.resourceId, context)
        let conditions = try await tagsForConditions(
            input.resourceType,
            input.resourceId,
            context
        )
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssm:AddTagsToResource",
                on: arn.description,
                conditionValues: conditions.merging(tags.requestConditions) { _, given in given }
            ),
            in: context
        )
        try SSMFault.checkTags(tags)
        try await changeTags(input.resourceType, input.resourceId, context) { current in
            let merged = current.merging(tags)
            try SSMFault.checkTags(merged)
            return merged
        }
        return EmptyOutput()
    }
}
