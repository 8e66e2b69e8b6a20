import FoundationEssentials
package import Vocabulary

/// AWS's JSON 1.0 and 1.1: dates are seconds since 1970, data is base64, what is nil is left out.
///
/// See https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
package enum AWSJSON {
    /// The media type of version 1.1, `application/x-amz-json-1.1`.
    package static let contentType = "application/x-amz-json-1.1"

    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.outputFormatting = .withoutEscapingSlashes
        return Array(try encoder.encode(value))
    }

    /// Reads a request or an answer; an empty body counts as `{}`.
    ///
    /// Throws `SerializationException`, in the words of AWS's services.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from body: [UInt8]
    ) throws(ServiceFault) -> Value {
        do {
            let bytes = body.isEmpty ? Array("{}".utf8) : body
            let value = try JSONReader.read(bytes)
            let document = JSONDocument(bytes)
            return try JSONValueDecoder(value: value, document: document, place: .root)
                .decode(as: type)
        } catch {
            throw ServiceFault("SerializationException", Self.sentence(error))
        }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let malformed as MalformedBody:
            "The request body is not valid JSON: \(malformed)."
        case DecodingError.dataCorrupted(let context), DecodingError.valueNotFound(_, let context),
            DecodingError.keyNotFound(_, let context), DecodingError.typeMismatch(_, let context):
            context.codingPath.isEmpty
                ? "The request body \(context.debugDescription)."
                : "Member '\(path(context))' \(context.debugDescription)."
        default: "The request body does not fit the operation."
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}
