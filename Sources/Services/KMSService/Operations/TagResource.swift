import ServiceKit
import Vocabulary

struct TagResourceInput: Decodable, Sendable {
    let keyID: String?
    let tags: [KeyTag]?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case tags = "Tags"
    }
}

extension KMSService {
    /// Adds tags to a key, or gives those it has another value.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html
    func tagResource(
        _ input: TagResourceInput,
        in context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.required(input.tags, "tags")
        try violations.check()
        let tags = input.tags ?? []
        let requested = try KeyTag.checked(tags, onto: [:])
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("tagKeys", requested.keys.sorted().joined(separator: ","))
        try await changeKey(
            input.keyID ?? "",
            authorizing: "kms:TagResource",
            KeyTag.conditionValues(requested),
            in: context
        ) { $0.tags = try KeyTag.checked(tags, onto: $0.tags) }
        return EmptyOutput()
    }
}
