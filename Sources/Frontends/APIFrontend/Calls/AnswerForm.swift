import AWSWire
import FoundationEssentials
import ServiceKit
import SigV4
import Vocabulary

/// How the answer of a call is written: the service's protocol, and for query services what the caller asked for.
///
/// Query services answer in XML, and in JSON when `Accept: application/json` asks for it, faults too. Tools that
/// redeem presigned GetCallerIdentity requests do.
enum AnswerForm: Equatable, Sendable {
    case json
    case queryXML(namespace: String)
    case queryJSON

    static let queryJSONType = "application/json"

    init(_ wireProtocol: WireProtocol, for request: SignableRequest) {
        switch wireProtocol {
        case .json11: self = .json
        case .query(_, let namespace):
            self = Self.asksForJSON(request) ? .queryJSON : .queryXML(namespace: namespace)
        }
    }

    /// Whether the first media type of `Accept` that we have is JSON; quality values are not weighed.
    private static func asksForJSON(_ request: SignableRequest) -> Bool {
        guard let accept = request.header("accept") else { return false }
        for range in accept.lowercased().split(separator: ",") {
            let type = range.prefix { $0 != ";" }.filter { $0 != " " }
            if type == queryJSONType { return true }
            if type == "text/xml" || type == "application/xml" { return false }
        }
        return false
    }
}

extension AnswerForm {
    /// The answer of an operation that did what it was asked.
    func answer<Output: Encodable>(
        _ output: Output,
        of operation: String,
        requestID: String
    ) throws -> Answer {
        switch self {
        case .json:
            Answer(
                status: 200,
                contentType: AWSJSON.contentType,
                body: try AWSJSON.encode(output),
                requestID: requestID
            )
        case .queryXML(let namespace):
            Answer(
                status: 200,
                contentType: AWSXML.contentType,
                body: try AWSXML.encode(
                    output,
                    operation: operation,
                    namespace: namespace,
                    requestID: requestID
                ),
                requestID: requestID
            )
        case .queryJSON:
            Answer(
                status: 200,
                contentType: Self.queryJSONType,
                body: try AWSJSON.encode(
                    QueryJSONResponse(output: output, operation: operation, requestID: requestID)
                ),
                requestID: requestID
            )
        }
    }

    /// The answer that carries a fault.
    func answer(_ fault: ServiceFault, requestID: String) -> Answer {
        switch self {
        case .json:
            Answer(
                status: fault.status,
                contentType: AWSJSON.contentType,
                body: FaultBody.json(fault),
                requestID: requestID,
                errorType: fault.code
            )
        case .queryXML(let namespace):
            Answer(
                status: fault.status,
                contentType: AWSXML.contentType,
                body: FaultBody.xml(fault, requestID: requestID, namespace: namespace),
                requestID: requestID
            )
        case .queryJSON:
            Answer(
                status: fault.status,
                contentType: Self.queryJSONType,
                body: FaultBody.queryJSON(fault, requestID: requestID),
                requestID: requestID
            )
        }
    }
}

/// `{"GetUserResponse":{"GetUserResult":{…},"ResponseMetadata":{"RequestId":"…"}}}`.
private struct QueryJSONResponse<Output: Encodable>: Encodable {
    let output: Output
    let operation: String
    let requestID: String

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Name.self)
        var response = root.nestedContainer(
            keyedBy: Name.self,
            forKey: Name("\(operation)Response")
        )
        // As in XML: an operation that answers nothing has no result.
        if MemoryLayout<Output>.size > 0 {
            try response.encode(output, forKey: Name("\(operation)Result"))
        }
        var metadata = response.nestedContainer(
            keyedBy: Name.self,
            forKey: Name("ResponseMetadata")
        )
        try metadata.encode(requestID, forKey: Name("RequestId"))
    }
}
