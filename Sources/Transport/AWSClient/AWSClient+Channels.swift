import SigV4
import Vocabulary

extension AWSClient {
    /// An answer as it came: any status below 400.
    package struct RawAnswer: Sendable {
        package let status: Int
        package let contentType: String?
        package let body: [UInt8]
    }

    /// Sends a signed POST to a path of its own, as the channels of the gateway want it.
    ///
    /// A status of 400 and above throws `.service`, with the code and message that the body holds.
    package func post(
        path: String,
        body: [UInt8],
        service: Service,
        contentType: String = "application/json"
    ) async throws(AWSClientError) -> RawAnswer {
        try await exchange(
            Request(
                service: service,
                path: path,
                headers: [HeaderField("content-type", contentType)],
                body: body
            )
        )
    }

    /// The headers that authenticate a websocket upgrade to `url` (`wss://HOST[:PORT]/PATH?QUERY`).
    ///
    /// They are good for five minutes, so make them for each dial. An `anonymous` client gives none.
    package func signedHeaders(
        forWebSocket url: String,
        service: Service = .ssmmessages
    ) async throws(AWSClientError) -> [(name: String, value: String)] {
        let (authority, path, query) = try Self.parts(ofWebSocket: url)
        guard
            let signer = try await signing.signer(
                service: service.signingName,
                region: region,
                keys: signingKeys
            )
        else { return [] }
        let request = SignableRequest(
            method: "GET",
            path: path,
            query: query,
            headers: [HeaderField("host", authority)]
        )
        do {
            return try signer.signedHeaders(for: request, body: [], at: clock.now())
                .map { ($0.name, $0.value) }
        } catch {
            throw .credentials("The request cannot be signed: \(error)")
        }
    }

    /// The `Host` header that a websocket client sends for the URL, its path and its query.
    static func parts(
        ofWebSocket url: String
    ) throws(AWSClientError) -> (authority: String, path: String, query: String) {
        let invalid = AWSClientError.unreadable(
            "'\(url)' is not a websocket URL (wss://HOST/PATH)."
        )
        guard let schemeEnd = url.firstRange(of: "://") else { throw invalid }
        let scheme =
            switch url[..<schemeEnd.lowerBound].lowercased() {
            case "wss": "https"
            case "ws": "http"
            default: throw invalid
            }
        let rest = url[schemeEnd.upperBound...]
        let hostEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let endpoint = try? Endpoint(parsing: "\(scheme)://\(rest[..<hostEnd])") else {
            throw invalid
        }
        let target = rest[hostEnd...].split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let path = target.first.map(String.init) ?? ""
        return (
            endpoint.authority, path.isEmpty ? "/" : path, target.count > 1 ? String(target[1]) : ""
        )
    }
}
