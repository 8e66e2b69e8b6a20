import ServiceKit
import Vocabulary

/// How a fault is worded in the protocol that it is told in.
enum FaultDialect {
    /// The fault as the protocol knows it: the query services have shorter names, and 403 for refusals.
    static func translate(_ fault: ServiceFault, for wireProtocol: WireProtocol) -> ServiceFault {
        guard case .query = wireProtocol else {
            // A caller that is not known is 400 to these, whatever service found it out.
            guard identityFaults.contains(fault.code) else { return fault }
            return ServiceFault(fault.code, fault.message)
        }
        guard let (code, status) = queryNames[fault.code] else { return fault }
        let message =
            fault.code == "MissingAuthenticationTokenException"
            ? "Request is missing Authentication Token" : fault.message
        return ServiceFault(code, message, status: fault.status >= 500 ? fault.status : status)
    }

    private static let identityFaults: Set = [
        "ExpiredTokenException", "IncompleteSignatureException", "InvalidSignatureException",
        "MissingAuthenticationTokenException", "UnrecognizedClientException",
    ]

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
}
