import AWSWire
import SigV4
import Vocabulary

extension AWSClient {
    /// Calls an operation of a JSON or query service.
    ///
    /// Failures that may pass are tried again within the client's `RetryPolicy`.
    package func call<Input: Encodable & Sendable, Output: Decodable & Sendable>(
        _ service: Service,
        _ operation: String,
        _ input: Input,
        returning: Output.Type = Output.self
    ) async throws(AWSClientError) -> Output {
        let request = try request(to: service, operation, input)
        let answer = try await exchange(request)
        do {
            switch service.callProtocol {
            case .json, .rest:
                return try AWSJSON.decode(Output.self, from: answer.body)
            case .query:
                return try AWSXML.decode(Output.self, from: answer.body, operation: operation)
            }
        } catch {
            throw .unreadable("The answer to \(operation) from \(endpoint) is unreadable: \(error)")
        }
    }

    /// Calls an operation whose answer says nothing.
    package func call<Input: Encodable & Sendable>(
        _ service: Service,
        _ operation: String,
        _ input: Input
    ) async throws(AWSClientError) {
        let _: Nothing = try await call(service, operation, input)
    }

    /// The answer of an operation that has nothing to say.
    struct Nothing: Decodable, Sendable {}

    private func request(
        to service: Service,
        _ operation: String,
        _ input: some Encodable
    ) throws(AWSClientError) -> Request {
        do {
            switch service.callProtocol {
            case .json(let prefix):
                return Request(
                    service: service,
                    headers: [
                        HeaderField("content-type", AWSJSON.contentType),
                        HeaderField("x-amz-target", "\(prefix).\(operation)"),
                    ],
                    body: try AWSJSON.encode(input)
                )
            case .query(let version):
                return Request(
                    service: service,
                    headers: [HeaderField("content-type", AWSQuery.contentType)],
                    body: try AWSQuery.encode(action: operation, version: version, input)
                )
            case .rest:
                throw AWSClientError.unreadable("\(service.signingName) has no named operations.")
            }
        } catch let error as AWSClientError {
            throw error
        } catch {
            throw .unreadable("The input of \(operation) cannot be written: \(error)")
        }
    }
}
