import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Says in a sentence, with what to do, why a server was not reached.
enum ConnectionFailure {
    static func sentence(for error: any Error, endpoint: Endpoint) -> String {
        switch error {
        case let error as HTTPClientError:
            return sentence(for: error, endpoint)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return tlsSentence(error, endpoint)
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "no address answered"
            let dns = error.dnsAError ?? error.dnsAAAAError
            return dns != nil && error.connectionErrors.isEmpty
                ? "The host name of \(endpoint) cannot be resolved: check the endpoint URL."
                : "Cannot connect to \(endpoint) (\(reason)): check that the server runs there."
        case let error as IOError:
            return "Cannot connect to \(endpoint) (\(error)): check that the server runs there."
        case is CancellationError:
            return "The request to \(endpoint) was cancelled."
        default:
            return "The request to \(endpoint) failed: \(error)"
        }
    }

    private static func sentence(for error: HTTPClientError, _ endpoint: Endpoint) -> String {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            "Connecting to \(endpoint) took too long: check that the server runs there."
        case .deadlineExceeded, .readTimeout:
            "No answer came from \(endpoint) in time: try again, or look at the server's log."
        case .remoteConnectionClosed:
            "The connection to \(endpoint) was closed before the answer was whole."
        case .cancelled:
            "The request to \(endpoint) was cancelled."
        case .tlsHandshakeTimeout:
            "The TLS handshake with \(endpoint) took too long: check that it serves https."
        default:
            "The request to \(endpoint) failed: \(error.shortDescription)."
        }
    }

    private static func tlsSentence(_ error: any Error, _ endpoint: Endpoint) -> String {
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "The certificate of \(endpoint) is not trusted: "
                + "set AWS_CA_BUNDLE to the CA file of the server."
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
