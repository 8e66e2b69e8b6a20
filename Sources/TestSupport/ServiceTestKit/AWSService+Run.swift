import AWSWire
package import ServiceKit
import Vocabulary

/// An input as the JSON protocol carries it.
private struct JSONInput: OperationInput {
    let body: [UInt8]

    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input {
        try AWSJSON.decode(type, from: body)
    }
}

extension AWSService {
    /// Runs an operation on JSON, as the frontend does.
    package func run(
        _ operation: String,
        _ input: JSON,
        in context: OperationContext
    ) async throws -> JSON {
        try await run(operation, body: AWSJSON.encode(input), in: context)
    }

    /// Runs an operation on the bytes of a request's body.
    package func run(
        _ operation: String,
        body: [UInt8],
        in context: OperationContext
    ) async throws -> JSON {
        guard let found = operations.first(where: { $0.name == operation }) else {
            throw ServiceFault("UnknownOperationException", operation)
        }
        let output = try await found.run(JSONInput(body: body), context)
        return try AWSJSON.decode(JSON.self, from: AWSJSON.encode(output))
    }
}
