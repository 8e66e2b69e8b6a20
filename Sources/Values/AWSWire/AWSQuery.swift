package import Vocabulary

/// AWS's query protocol, the request's side: a form with `Action`, `Version` and dotted parameters.
///
/// Lists are `Name.member.N`, maps `Name.entry.N.key` and `.value`, structures `Name.Member`.
/// See https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
package struct AWSQuery: Equatable, Sendable {
    /// The media type of a form, `application/x-www-form-urlencoded`.
    package static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    /// The operation that is asked for; empty when the form does not say.
    package let action: String
    /// The version of the API; empty when the form does not say.
    package let version: String
    private let root: WireNode

    /// Reads a form.
    ///
    /// Throws `MalformedQueryString`, and `MalformedInput` when it nests too deep.
    package init(form: some StringProtocol) throws(ServiceFault) {
        var root = try Form.node(of: form)
        action = root["Action"]?.text ?? ""
        version = root["Version"]?.text ?? ""
        root.children.removeAll { $0.name == "Action" || $0.name == "Version" }
        self.root = root
    }

    /// The parameters as a value.
    ///
    /// Throws `MalformedInput` when one is not what it should be.
    package func decode<Value: Decodable>(
        _ type: Value.Type
    ) throws(ServiceFault) -> Value {
        do {
            return try TreeDecoder.value(type, from: root)
        } catch DecodingError.dataCorrupted(let context) {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw ServiceFault(
                "MalformedInput",
                "Parameter '\(path)' is \(context.debugDescription)."
            )
        } catch {
            throw ServiceFault("MalformedInput", "The parameters do not fit the operation.")
        }
    }

    /// The form of a call.
    package static func encode(
        action: String,
        version: String,
        _ input: some Encodable
    ) throws -> [UInt8] {
        var parameters = [(name: "Action", value: action), (name: "Version", value: version)]
        Form.flatten(try TreeEncoder.tree(of: input), under: "", into: &parameters)
        return Form.text(of: parameters)
    }
}
