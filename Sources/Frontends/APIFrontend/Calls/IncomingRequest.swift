import FoundationEssentials
import ServiceKit
import SigV4
import Vocabulary

/// One HTTP request, whole, as the rest of the frontend sees it.
struct IncomingRequest: Sendable {
    /// Method, path, query and headers, `host` among them.
    let head: SignableRequest
    let body: [UInt8]
    /// The peer's address without port.
    let sourceAddress: String?
    let isSecureTransport: Bool
}

extension IncomingRequest {
    /// The request as a call of that caller.
    func context(
        of caller: Authenticated,
        operation: String,
        requestID: String,
        now: Date
    ) -> OperationContext {
        OperationContext(
            requestID: requestID,
            scope: caller.scope,
            principal: caller.principal,
            accessKeyID: caller.accessKeyID,
            operation: operation,
            receivedAt: now,
            sourceAddress: sourceAddress,
            userAgent: head.header("user-agent").map { $0.cut(Limits.recordedNameLength) },
            isSecureTransport: isSecureTransport
        )
    }
}

/// What goes back.
struct Answer: Equatable, Sendable {
    var status: Int
    var contentType: String
    var body: [UInt8]
    var requestID: String?
    /// The code of a fault, for the header `x-amzn-ErrorType`.
    var errorType: String?

    static func text(_ status: Int, _ text: String) -> Answer {
        Answer(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }
}
