import ServiceKit
import Vocabulary

struct UpdateKeyDescriptionInput: Decodable, Sendable {
    let keyID: String?
    let description: String?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case description = "Description"
    }
}

extension KMSService {
    /// Replaces the description of a key.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html
    func updateKeyDescription(
        _ input: UpdateKeyDescriptionInput,
        in context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.required(input.description, "description")
        violations.length(input.description, "description", 0...Limits.kmsDescriptionLength)
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("description", input.description)
        try await changeKey(
            input.keyID ?? "",
            authorizing: "kms:UpdateKeyDescription",
            in: context
        ) { $0.description = input.description ?? "" }
        return EmptyOutput()
    }
}
