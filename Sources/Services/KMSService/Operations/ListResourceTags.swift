import ServiceKit
import Vocabulary

struct ListResourceTagsInput: Decodable, Sendable {
    let keyID: String?
    let limit: Int?
    let marker: String?

    enum CodingKeys: String, CodingKey {
        case keyID = "KeyId"
        case limit = "Limit"
        case marker = "Marker"
    }
}

struct ListResourceTagsOutput: Encodable, Sendable {
    let tags: [KeyTag]
    let nextMarker: String?
    let isTruncated: Bool

    enum CodingKeys: String, CodingKey {
        case tags = "Tags"
        case nextMarker = "NextMarker"
        case isTruncated = "Truncated"
    }
}

extension KMSService {
    /// Lists the tags of a key in the order of their names.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html
    func listResourceTags(
        _ input: ListResourceTagsInput,
        in context: OperationContext
    ) async throws -> ListResourceTagsOutput {
        var violations = ConstraintViolations()
        violations.keyID(input.keyID)
        violations.listing(limit: input.limit, marker: input.marker)
        try violations.check()
        context.audit.noted("keyId", input.keyID)
        let (key, _) = try await key(input.keyID ?? "", .keyOnly, in: context)
        try await authorize("kms:ListResourceTags", on: key, in: context)
        let parameters = [key.record.keyID.description]
        let after = try position(of: input.marker, parameters, in: context)
        let limit = min(input.limit ?? Limits.kmsTagsPerKey, Limits.kmsTagsPerKey)
        let left = key.record.tags.sorted { $0.key < $1.key }
            .filter { tag in after.map { tag.key > $0 } ?? true }
        let page = left.prefix(limit)
        return ListResourceTagsOutput(
            tags: page.map { KeyTag(key: $0.key, value: $0.value) },
            nextMarker: try left.count > limit
                ? marker(at: page.last?.key ?? "", parameters, in: context) : nil,
            isTruncated: left.count > limit
        )
    }
}
