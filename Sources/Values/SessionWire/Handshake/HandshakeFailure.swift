import Vocabulary

/// What is said when a handshake fails: the texts of the stock agent (session-protocol 6.5).
///
/// They are what the person reads, and what scripts look for.
enum HandshakeFailure: Equatable, Sendable {
    case timedOut
    case challengeTimedOut
    case challengeDoesNotMatch
    case actionFailed(type: String, status: Int, error: String)
    case dataKey(reason: String)
    case malformedResponse

    var text: String { "Encountered error while initiating handshake. " + detail }

    private var detail: String {
        switch self {
        case .timedOut:
            "Handshake timed out. Please ensure that you have the latest version of the session "
                + "manager plugin."
        case .challengeTimedOut:
            "Timed out waiting for encryption challenge."
        case .challengeDoesNotMatch:
            "Encryption challenge does not match!"
        case .actionFailed(let type, let status, let error):
            "\(type) failed on client with status \(status) error: "
                + String(error.prefix(Limits.peerTextLength))
        case .dataKey(let reason):
            "Fetching data key failed: Unable to retrieve data key, Error when decrypting data key "
                + String(reason.prefix(Limits.peerTextLength))
        case .malformedResponse:
            "The client's handshake response cannot be read."
        }
    }
}
