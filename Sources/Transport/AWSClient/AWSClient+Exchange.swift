import AWSWire
import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import SigV4
import Vocabulary

extension AWSClient {
    /// A POST before it is signed; signed anew for each attempt, since a signature is good for minutes.
    struct Request: Sendable {
        let service: Service
        var path = "/"
        let headers: [HeaderField]
        let body: [UInt8]
    }

    /// Sends a request and waits for its answer, again after failures that may pass.
    func exchange(_ request: Request) async throws(AWSClientError) -> RawAnswer {
        var attempt = 1
        while true {
            let failure: AWSClientError
            do {
                return try await attemptExchange(request)
            } catch {
                failure = error
            }
            attempt += 1
            guard RetryPolicy.isPassing(failure), !Task.isCancelled,
                let pause = retries.pause(before: attempt, fraction: randomFraction())
            else { throw failure }
            logger.debug(
                "trying again",
                metadata: ["attempt": "\(attempt)", "after": "\(pause)", "because": "\(failure)"]
            )
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw failure
            }
        }
    }

    private func attemptExchange(_ request: Request) async throws(AWSClientError) -> RawAnswer {
        let outgoing = try await signed(request)
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await connections.http.execute(
                outgoing,
                timeout: TimeAmount(Limits.clientRequestTimeout)
            )
            body = try await response.body.collect(upTo: Limits.clientAnswerBytes)
        } catch is NIOTooManyBytesError {
            throw .unreadable(
                "The answer from \(endpoint) is longer than \(Limits.clientAnswerBytes) bytes."
            )
        } catch {
            throw .transport(failures.sentence(for: error))
        }
        let bytes = Array(body.readableBytesView)
        let status = Int(response.status.code)
        guard status < 400 else {
            throw Self.fault(bytes, status, response.headers, of: request.service)
        }
        return RawAnswer(
            status: status,
            contentType: response.headers.first(name: "content-type"),
            body: bytes
        )
    }

    private func signed(_ request: Request) async throws(AWSClientError) -> HTTPClientRequest {
        var headers = [HeaderField("host", endpoint.authority)] + request.headers
        let signer = try await signing.signer(
            service: request.service.signingName,
            region: region,
            keys: signingKeys
        )
        if let signer {
            let signable = SignableRequest(method: "POST", path: request.path, headers: headers)
            do {
                headers += try signer.signedHeaders(
                    for: signable,
                    body: request.body,
                    at: clock.now()
                )
            } catch {
                throw .credentials("The request cannot be signed: \(error)")
            }
        }
        var outgoing = HTTPClientRequest(url: endpoint.description + request.path)
        outgoing.method = .POST
        for field in headers { outgoing.headers.add(name: field.name, value: field.value) }
        outgoing.headers.add(name: "user-agent", value: "sekisho/\(Release.version)")
        outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        return outgoing
    }

    private static func fault(
        _ body: [UInt8],
        _ status: Int,
        _ headers: HTTPHeaders,
        of service: Service
    ) -> AWSClientError {
        let isXML = headers.first(name: "content-type")?.contains("xml") ?? false
        let errorType = headers.first(name: "x-amzn-errortype")
        let fault =
            isXML
            ? FaultBody.parse(xml: body, status: status, errorType: errorType)
            : FaultBody.parse(json: body, status: status, errorType: errorType)
        return .service(
            code: fault.code,
            message: fault.message,
            status: status,
            requestID: headers.first(name: "x-amzn-requestid")
        )
    }

    private func randomFraction() -> Double {
        let bits = entropy.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Double(bits) / 4_294_967_296
    }
}
