/// Why a call did not give its output.
package enum AWSClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The service refused or failed, with AWS's code and its sentence for the caller.
    case service(code: String, message: String, status: Int, requestID: String?)
    /// The service was not reached, or the answer did not arrive whole; the sentence says how.
    case transport(String)
    /// There are no usable credentials to sign with; the sentence says why.
    case credentials(String)
    /// An answer arrived that is not what the operation returns; the sentence says what is wrong.
    case unreadable(String)

    package var description: String {
        switch self {
        case .service(let code, let message, _, _): message.isEmpty ? code : "\(code): \(message)"
        case .transport(let sentence), .credentials(let sentence), .unreadable(let sentence):
            sentence
        }
    }

    /// AWS's error code, when it was the service that answered.
    package var code: String? {
        guard case .service(let code, _, _, _) = self else { return nil }
        return code
    }
}
