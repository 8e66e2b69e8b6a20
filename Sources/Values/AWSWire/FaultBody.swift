package import Vocabulary

/// The body of an answer that says no, in each protocol, both ways.
package enum FaultBody {
    /// The JSON form, `{"__type":"Code","message":"…"}`.
    package static func json(_ fault: ServiceFault) -> [UInt8] {
        let wire = JSONFault(type: fault.code, message: fault.message)
        // Two texts always encode; an empty object would still carry the code in its header.
        return (try? AWSJSON.encode(wire)) ?? Array("{}".utf8)
    }

    /// `<ErrorResponse>` with the type `Sender` for what the caller can mend, else `Receiver`.
    package static func xml(
        _ fault: ServiceFault,
        requestID: String,
        namespace: String
    ) -> [UInt8] {
        var writer = XMLWriter()
        writer.open("ErrorResponse", attribute: ("xmlns", namespace))
        writer.open("Error")
        writer.write(.text(type(of: fault)), as: "Type")
        writer.write(.text(fault.code), as: "Code")
        writer.write(.text(fault.message), as: "Message")
        writer.close("Error")
        writer.write(.text(requestID), as: "RequestId")
        writer.close("ErrorResponse")
        return writer.bytes
    }

    /// The form of query services that were asked for JSON: `{"Error":{…},"RequestId":"…"}`.
    package static func queryJSON(_ fault: ServiceFault, requestID: String) -> [UInt8] {
        let wire = QueryJSONFault(
            error: QueryJSONFault.Description(
                code: fault.code,
                message: fault.message,
                type: type(of: fault)
            ),
            requestID: requestID
        )
        return (try? AWSJSON.encode(wire)) ?? Array("{}".utf8)
    }

    /// Whose mistake it is, in the words of the query protocol.
    private static func type(of fault: ServiceFault) -> String {
        fault.status < 500 ? "Sender" : "Receiver"
    }

    /// The fault that a JSON answer carries.
    ///
    /// The code is the one of the header `x-amzn-ErrorType`, else of `__type` or `code`, without namespace
    /// and URL. An answer that is none of ours gives a fault with the status and no code of AWS's.
    package static func parse(
        json body: [UInt8],
        status: Int,
        errorType: String? = nil
    ) -> ServiceFault {
        let wire = try? AWSJSON.decode(JSONFault.self, from: body)
        let code = [errorType, wire?.type, wire?.code].lazy.compactMap { $0 }.first { !$0.isEmpty }
        return ServiceFault(
            code.map(Self.bareCode) ?? "HTTP\(status)",
            wire?.message ?? wire?.capitalMessage ?? "",
            status: status
        )
    }

    /// The fault that an XML answer carries.
    ///
    /// As in JSON the code is the header's first, where there is one: the gateway's refusals have it.
    package static func parse(
        xml body: [UInt8],
        status: Int,
        errorType: String? = nil
    ) -> ServiceFault {
        let root = try? XMLReader.read(body)
        let error = root.flatMap { $0.node["Error"] ?? $0.node }
        let code = [errorType, error?["Code"]?.text].lazy.compactMap { $0 }.first { !$0.isEmpty }
        return ServiceFault(
            code.map(Self.bareCode) ?? "HTTP\(status)",
            error?["Message"]?.text ?? error?["message"]?.text ?? "",
            status: status
        )
    }

    /// `Code` of `prefix#Code:http://…`.
    private static func bareCode(_ text: String) -> String {
        let beforeColon = text.prefix { $0 != ":" }
        guard let hash = beforeColon.lastIndex(of: "#") else { return String(beforeColon) }
        return String(beforeColon[beforeColon.index(after: hash)...])
    }
}

private struct JSONFault: Codable {
    var type: String?
    var code: String?
    var message: String?
    var capitalMessage: String?

    enum CodingKeys: String, CodingKey {
        case type = "__type"
        case code
        case message
        case capitalMessage = "Message"
    }
}

private struct QueryJSONFault: Encodable {
    struct Description: Encodable {
        var code: String
        var message: String
        var type: String

        enum CodingKeys: String, CodingKey {
            case code = "Code"
            case message = "Message"
            case type = "Type"
        }
    }

    var error: Description
    var requestID: String

    enum CodingKeys: String, CodingKey {
        case error = "Error"
        case requestID = "RequestId"
    }
}
