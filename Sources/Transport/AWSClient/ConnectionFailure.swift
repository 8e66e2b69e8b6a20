import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Vocabulary

/// Says in a sentence, with what to do, why a server was not reached.
struct ConnectionFailure: Sendable {
    let endpoint: Endpoint
    let trust: TrustRoots
    /// What the person does about a certificate that is not trusted: which option or variable it is here.
    let trustRemedy: String

    func sentence(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            return sentence(for: error)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return tlsSentence(error)
        case let error as NIOConnectionError:
            let dns = error.dnsAError ?? error.dnsAAAAError
            if dns != nil, error.connectionErrors.isEmpty {
                return "The host name of \(endpoint) cannot be resolved: check the endpoint URL."
            }
            return notConnected(error.connectionErrors.first?.error)
        case let error as IOError where error.errnoCode == ECONNRESET:
            return closedEarly
        case let error as IOError:
            return notConnected(error)
        case is HTTPParserError:
            return isPlainToTLS
                ?? "What answers at \(endpoint) does not speak HTTP: check the port."
        case is CancellationError:
            return "The request to \(endpoint) was cancelled."
        default:
            return "The request to \(endpoint) failed: \(error)"
        }
    }

    private func sentence(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            "Connecting to \(endpoint) took too long: check that the server runs there."
        case .deadlineExceeded, .readTimeout:
            "No answer came from \(endpoint) in time: try again, or look at the server's log."
        case .remoteConnectionClosed: closedEarly
        case .cancelled:
            "The request to \(endpoint) was cancelled."
        case .tlsHandshakeTimeout:
            "The TLS handshake with \(endpoint) took too long: check that it serves https."
        default:
            "The request to \(endpoint) failed: \(error.shortDescription)."
        }
    }

    private func notConnected(_ error: (any Error)?) -> String {
        // NIO's own text repeats the number and names its system call.
        let reason =
            (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
            ?? error.map { "\($0)" } ?? "no address answered"
        return "Cannot connect to \(endpoint) (\(reason)): check that the server runs there."
    }

    private var closedEarly: String {
        isPlainToTLS ?? "The connection to \(endpoint) was closed before the answer was whole."
    }

    /// A server of https hangs up on plain http, or answers with a TLS alert; nil when we spoke TLS ourselves.
    private var isPlainToTLS: String? {
        guard !endpoint.isSecure else { return nil }
        let secure = "https" + endpoint.description.dropFirst("http".count)
        return "\(endpoint) hung up without an answer, as a server of https does: try \(secure)."
    }

    private func tlsSentence(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            let authority =
                switch trust {
                case .system: "an authority that this machine trusts"
                case .file(let path): "an authority in \(path)"
                }
            return "The certificate of \(endpoint) is not signed by \(authority): \(trustRemedy)."
        }
        if text.contains("failedToValidateHostname") || text.contains("unableToValidateCertificate")
        {
            return "The certificate of \(endpoint) does not name that host: use a name it carries, "
                + "or issue one with 'sekisho certificate issue'."
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "\(endpoint) does not speak TLS: use an http:// URL, or check the port."
        }
        return "The TLS handshake with \(endpoint) failed: \(text)"
    }
}
