/// How the members of a call reach an operation, whatever protocol carried them.
package protocol OperationInput: Sendable {
    /// Throws the protocol's fault (`SerializationException`, `MalformedQueryString`) if the bytes do not fit.
    func decode<Input: Decodable>(_ type: Input.Type) throws -> Input
}

/// One AWS operation as a value: its name, how its caller must be known, what it does.
package struct Operation: Sendable {
    package enum Authentication: Sendable {
        /// SigV4 with an access key.
        case signed
        /// SigV4's string to sign under the key pair of a registered node.
        case nodeKey
        /// None: the input carries its own proof.
        case anonymous
    }

    package let name: String
    package let authentication: Authentication
    /// Whether it is over within some tens of microseconds of CPU for an ordinary body, and soon for any of up to
    /// `Limits.bodyAnsweredInPlace`, so that it may run between the reads and writes of other connections.
    ///
    /// What may take longer runs apart from them, and so does every call with a larger body.
    package private(set) var isBrief = false
    package let run:
        @Sendable (any OperationInput, OperationContext) async throws -> any Encodable & Sendable

    package init<Input: Decodable & SendableMetatype, Output: Encodable & Sendable>(
        _ name: String,
        authentication: Authentication = .signed,
        _ body: @escaping @Sendable (Input, OperationContext) async throws -> Output
    ) {
        self.name = name
        self.authentication = authentication
        run = { input, context in try await body(try input.decode(Input.self), context) }
    }

    /// The same operation, known to be over soon.
    package func brief() -> Operation {
        var brief = self
        brief.isBrief = true
        return brief
    }
}

/// The answer of an operation that has nothing to say.
package struct EmptyOutput: Codable, Sendable {
    package init() {}
}

/// The protocol that a service speaks.
package enum WireProtocol: Equatable, Sendable {
    /// `application/x-amz-json-1.1` with `X-Amz-Target: PREFIX.Operation`.
    case json11(targetPrefix: String)
    /// Form parameters in, XML out, with the API's version and XML namespace.
    case query(version: String, namespace: String)
}

/// A service as the frontend sees it.
package protocol AWSService: Sendable {
    /// The name in SigV4's credential scope: `kms`.
    var signingName: String { get }
    /// The name before the colon in IAM actions; most often the signing name.
    var actionPrefix: String { get }
    var wireProtocol: WireProtocol { get }
    var operations: [Operation] { get }
}

extension AWSService {
    package var actionPrefix: String { signingName }
}
