import AWSWire
import ServiceKit
import Vocabulary

/// How a fault is worded in the protocol that it is told in.
enum FaultDialect {
    /// The fault as the protocol knows it: the query services have shorter names, and 403 for refusals.
    static func translate(_ fault: ServiceFault, for wireProtocol: WireProtocol) -> ServiceFault {
        guard case .query = wireProtocol, let (code, status) = queryNames[fault.code] else {
            return fault
        }
        let message =
            fault.code == "MissingAuthenticationTokenException"
            ? "Request is missing Authentication Token" : fault.message
        return ServiceFault(code, message, status: fault.status >= 500 ? fault.status : status)
    }

    private static let queryNames: [String: (String, Int)] = [
        "AccessDeniedException": ("AccessDenied", 403),
        "ExpiredTokenException": ("ExpiredToken", 403),
        "IncompleteSignatureException": ("IncompleteSignature", 400),
        "InvalidSignatureException": ("SignatureDoesNotMatch", 403),
        "MissingAuthenticationTokenException": ("MissingAuthenticationToken", 403),
        "SerializationException": ("MalformedInput", 400),
        "ThrottlingException": ("Throttling", 400),
        "UnknownOperationException": ("InvalidAction", 400),
        "UnrecognizedClientException": ("InvalidClientTokenId", 403),
        "ValidationException": ("ValidationError", 400),
    ]

    /// The answer that carries a fault.
    static func answer(
        _ fault: ServiceFault,
        requestID: String,
        for wireProtocol: WireProtocol
    ) -> Answer {
        switch wireProtocol {
        case .json11:
            Answer(
                status: fault.status,
                contentType: AWSJSON.contentType,
                body: FaultBody.json(fault),
                requestID: requestID,
                errorType: fault.code
            )
        case .query(_, let namespace):
            Answer(
                status: fault.status,
                contentType: AWSXML.contentType,
                body: FaultBody.xml(fault, requestID: requestID, namespace: namespace),
                requestID: requestID
            )
        }
    }
}
