import SigV4

/// One HTTP request, whole, as the rest of the frontend sees it.
struct IncomingRequest: Sendable {
    /// Method, path, query and headers, `host` among them.
    let head: SignableRequest
    let body: [UInt8]
    /// The peer's address without port.
    let sourceAddress: String?
    let isSecureTransport: Bool
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
