/// What a service answers when it does not do what it was asked: AWS's error code, message and status.
///
/// The text is for the caller. What only the operator may know goes to the log instead.
package struct ServiceFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// AWS's name for the error, as in the service's model: `ResourceNotFoundException`.
    package let code: String
    /// A sentence for the caller.
    package let message: String
    /// The HTTP status: 4xx when the caller can mend it, 5xx when only we can.
    package let status: Int

    package init(_ code: String, _ message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    package var description: String { "\(code): \(message)" }

    /// Something broke on our side; `InternalFailure` as every AWS protocol knows it.
    package static let internalFailure = ServiceFault(
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
        status: 500
    )
}
