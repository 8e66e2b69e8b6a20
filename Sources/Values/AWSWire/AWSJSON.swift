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
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .custom { decoder in
                let container = try decoder.singleValueContainer()
                let date: Date?
                if let seconds = try? container.decode(Double.self) {
                    date = WireDate.date(seconds: seconds)
                } else {
                    date = WireDate.parse(try container.decode(String.self))
                }
                guard let date else {
                    throw DecodingError.dataCorruptedError(
                        in: container,
                        debugDescription: "not a timestamp"
                    )
                }
                return date
            }
            return try decoder.decode(type, from: Data(body.isEmpty ? Array("{}".utf8) : body))
        } catch {
            throw ServiceFault("SerializationException", Self.sentence(error))
        }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context),
            DecodingError.keyNotFound(_, let context):
            "Member at '\(path(context))' has the wrong type."
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "Member at '\(path(context))' cannot be read."
        default: "The request body is not valid JSON."
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}
