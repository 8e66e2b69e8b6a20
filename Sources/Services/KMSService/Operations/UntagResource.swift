import ServiceKit
import Vocabulary

struct UntagResourceInput: Decodable, Sendable {
    let keyID: String?
    let tagKeys: [String]?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case tagKeys = "TagKeys"
    }
}

extension KMSService {
    /// Removes tags from a key; one that it does not have is no error.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html
    func untagResource(
        _ input: UntagResourceInput,
        in context: OperationContext
    ) async throws -> EmptyOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.required(input.tagKeys, "tagKeys")
        try violations.check()
        let tagKeys = input.tagKeys ?? []
        for key in tagKeys { try KeyTag.checkKey(key) }
        context.audit.noted("keyId", input.keyID)
        context.audit.noted("tagKeys", tagKeys.sorted().joined(separator: ","))
        try await changeKey(
            input.keyID ?? "",
            authorizing: "kms:UntagResource",
            tagKeys.isEmpty ? [:] : ["aws:TagKeys": tagKeys],
            in: context
        ) { record in
            for key in tagKeys { record.tags[key] = nil }
        }
        return EmptyOutput()
    }
}
