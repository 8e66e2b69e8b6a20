/// AWS's query protocol, the answer's side: XML with the result, and the request's id.
///
/// See https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
package enum AWSXML {
    /// The media type, `text/xml`.
    package static let contentType = "text/xml"

    /// The answer of an operation.
    ///
    /// A value without members, as of an operation that answers nothing, has no result element.
    package static func encode<Output: Encodable>(
        _ output: Output,
        operation: String,
        namespace: String,
        requestID: String
    ) throws -> [UInt8] {
        var writer = XMLWriter()
        writer.open("\(operation)Response", attribute: ("xmlns", namespace))
        if MemoryLayout<Output>.size > 0 {
            writer.write(try TreeEncoder.tree(of: output), as: "\(operation)Result")
        }
        writer.open("ResponseMetadata")
        writer.write(.text(requestID), as: "RequestId")
        writer.close("ResponseMetadata")
        writer.close("\(operation)Response")
        return writer.bytes
    }

    /// The result in the answer of an operation; its members are absent when there is no result element.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from body: [UInt8],
        operation: String
    ) throws -> Value {
        let root = try XMLReader.read(body)
        let node = root.node["\(operation)Result"] ?? WireNode()
        do {
            return try TreeDecoder.value(type, from: node)
        } catch let error as DecodingError {
            throw MalformedBody("the answer of \(operation) is not as expected: \(error)")
        }
    }
}
