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
        throw .transport("No signature yet.")
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

    /// An answer as it came: any status that is not an error.
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
        throw .transport("No signature yet.")
    }

    /// The headers that authenticate a websocket upgrade to `url` (`wss://HOST[:PORT]/PATH?QUERY`).
    ///
    /// They are good for five minutes, so make them for each dial. An `anonymous` client gives none.
    package func signedHeaders(
        forWebSocket url: String,
        service: Service = .ssmmessages
    ) async throws(AWSClientError) -> [(name: String, value: String)] {
        throw .transport("No signature yet.")
    }
}
