import ServiceKit
import Vocabulary

struct ListInstanceAssociationsInput: Decodable, Sendable {
    var instanceId: String?
    var maxResults: Int?
    var nextToken: String?

    enum CodingKeys: String, CodingKey {
        case instanceId = "InstanceId"
        case maxResults = "MaxResults"
        case nextToken = "NextToken"
    }
}

struct ListInstanceAssociationsOutput: Encodable, Sendable {
    var associations: [String]

    enum CodingKeys: String, CodingKey {
        case associations = "Associations"
    }
}

extension SSMService {
    /// The associations of a node: none, as State Manager is not part of Sekisho.
    ///
    /// The agent asks at start-up and every ten minutes, and is content with an empty list.
    func listInstanceAssociations(
        _ input: ListInstanceAssociationsInput,
        _ context: OperationContext
    ) async throws -> ListInstanceAssociationsOutput {
        var violations = ConstraintViolations()
        violations.required(input.instanceId, "instanceId")
        violations.range(input.maxResults, "maxResults", 1...50)
        try violations.check()
        let id = try await authorizeOnNode(
            "ssm:ListInstanceAssociations",
            input.instanceId ?? "",
            context,
            conditionValues: sourceInstance(context)
        )
        _ = try await requireNode(id, in: context.scope)
        guard input.nextToken == nil else { throw SSMFault.invalidNextToken() }
        return ListInstanceAssociationsOutput(associations: [])
    }
}
