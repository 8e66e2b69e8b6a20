import ServiceKit
import Vocabulary

struct RemoveTagsFromResourceInput: Decodable, Sendable {
    var resourceType: String?
    var resourceId: String?
    var tagKeys: [String]?

    enum CodingKeys: String, CodingKey {
        case resourceType = "ResourceType"
        case resourceId = "ResourceId"
        case tagKeys = "TagKeys"
    }
}

extension SSMService {
    /// Removes tags by their keys; keys that are not there are no error.
    ///
    /// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html
    func removeTagsFromResource(
        _ input: RemoveTagsFromResourceInput,
        _ context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.required(input.tagKeys, "tagKeys")
        try violations.check()
        let keys = input.tagKeys ?? []
        let arn = try taggedARN(input.resourceType, input.resourceId, context)
        var conditions = try await tagsForConditions(
            input.resourceType,
            input.resourceId,
            context
        )
        if !keys.isEmpty { conditions["aws:TagKeys"] = keys }
        try await authorizer.authorize(
            AuthorizationRequest(
                "ssm:RemoveTagsFromResource",
                on: arn.description,
                conditionValues: conditions
            ),
            in: context
        )
        try await changeTags(input.resourceType, input.resourceId, context) { current in
            current.removing(keys)
        }
        return EmptyOutput()
    }
}
