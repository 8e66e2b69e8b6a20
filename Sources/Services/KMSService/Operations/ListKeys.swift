import ServiceKit
import Vocabulary

struct ListKeysInput: Decodable, Sendable {
    let limit: Int?
    let marker: String?

    enum CodingKeys: String, CodingKey {
        case limit = "Limit"
        case marker = "Marker"
    }
}

struct ListKeysOutput: Encodable, Sendable {
    struct Entry: Encodable, Sendable {
        let keyID: String
        let keyARN: String

        enum CodingKeys: String, CodingKey {
            case keyID = "KeyId"
            case keyARN = "KeyArn"
        }
    }

    let keys: [Entry]
    let nextMarker: String?
    let isTruncated: Bool

    enum CodingKeys: String, CodingKey {
        case keys = "Keys"
        case nextMarker = "NextMarker"
        case isTruncated = "Truncated"
    }
}

extension KMSService {
    /// Lists all keys of the account and region, in the order of their ids.
    /// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html
    func listKeys(
        _ input: ListKeysInput,
        in context: OperationContext
    ) async throws -> ListKeysOutput {
        var violations = ConstraintViolations()
        violations.listing(limit: input.limit, marker: input.marker)
        try violations.check()
        try await authorize("kms:ListKeys", onResource: "*", in: context)
        let after = try position(of: input.marker, in: context).map { position in
            try marked { () throws(InvalidIdentifier) in try KeyID(parsing: position) }
        }
        let limit = input.limit ?? 100
        let found = try await keys.list(in: context.scope, after: after, limit: limit + 1)
        let page = found.prefix(limit)
        return ListKeysOutput(
            keys: page.map {
                ListKeysOutput.Entry(
                    keyID: $0.keyID.description,
                    keyARN: context.scope.arn(of: $0.keyID).description
                )
            },
            nextMarker: try found.count > limit
                ? marker(at: page.last?.keyID.description ?? "", in: context) : nil,
            isTruncated: found.count > limit
        )
    }
}

extension KMSService {
    /// The position in a marker; nil without one.
    func position(
        of marker: String?,
        _ parameters: [String] = [],
        in context: OperationContext
    ) throws -> String? {
        guard let marker else { return nil }
        let position = pageTokens.position(in: marker, parameters: parameters, in: context)
        guard let position else { throw KMSFault.invalidMarker }
        return position
    }

    func marker(
        at position: String,
        _ parameters: [String] = [],
        in context: OperationContext
    ) throws -> String {
        try pageTokens.make(position: position, parameters: parameters, in: context)
    }

    /// Reads what a marker holds; one that holds something else is not valid.
    private func marked<Value>(
        _ read: () throws(InvalidIdentifier) -> Value
    ) throws(ServiceFault) -> Value {
        do {
            return try read()
        } catch {
            throw KMSFault.invalidMarker
        }
    }
}
